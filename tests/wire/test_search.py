"""The search of the compose box (spec Q1, Q2)."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.extension_names import SEARCH
from bot.domain.record_types import Disclosure
from tests.steps.record_search import queries_with_words, query, search
from tests.steps.records import SECRET_CASE, create
from tests.steps.settings_pages import record_type_page, request_page, turn_off_chats
from tests.tiers import examples
from tests.wire.people import ADELE, ALEX, COLLEAGUES, LYNNE, PATTI, Somebody
from tests.wire.world import API, GROUP, HURRIED, World, buttons, texts

pytestmark = pytest.mark.one_database

PUMP = "Pump vibrates after firmware update"


async def previews(world: World, text: str, **asked: Any) -> list[tuple[str, str]]:
    """Return the title and text of each preview."""
    answer = await search(world, text, **asked)
    assert answer["type"] == "result", answer
    shown = [each["preview"]["content"] for each in answer["attachments"]]
    return [(each["title"], each["text"]) for each in shown]


async def test_a_record_is_found_by_words_and_its_preview_distinguishes_it(world: World) -> None:
    found = await previews(world, "pump vibrates")
    assert (PUMP, "Case CAS-01001 · In Progress · Müller & Söhne Wasserwerke") in found
    answer = await search(world, "pump vibrates")
    assert answer["attachmentLayout"] == "list"
    assert {each["preview"]["contentType"] for each in answer["attachments"]} == {
        "application/vnd.microsoft.card.thumbnail"
    }


async def test_a_preview_shows_the_markup_of_a_record_as_text(world: World) -> None:
    name = '<a href="https://evil.example/login">Sign in again</a> &lt; R&D'
    await create(world, "accounts", {"name": name})
    (shown,) = await previews(world, "Sign in again", by="account")
    shown_as = '&lt;a href="https://evil.example/login"&gt;Sign in again&lt;/a&gt; &amp;lt; R&amp;D'
    assert shown == (shown_as, "Account")
    world.dataverse_says = {b"Pump vibrates": b"<b>Pump</b> vibrates"}
    assert ("&lt;b&gt;Pump&lt;/b&gt; vibrates after firmware update",) in {
        each[:1] for each in await previews(world, "vibrates")
    }


async def test_a_number_is_found_while_typing_and_an_exact_match_comes_first(world: World) -> None:
    found = [text.split(" · ")[0] for _, text in await previews(world, "CAS-0100")]
    assert "Case CAS-01001" in found
    assert len(found) > 1
    assert (await previews(world, "cas-01001"))[0][0] == PUMP


async def test_before_typing_the_most_recently_changed_records_are_listed(world: World) -> None:
    await world.change({"description": "Changed just now"}, by=ADELE, told=False)
    for by, text in (("initialRun", "true"), ("words", "")):
        found = await previews(world, text, by=by)
        assert found[0][0] == PUMP
        assert len(found) == 25
    kinds = {text.split()[0] for _, text in await previews(world, "")}
    assert len(kinds) > 1


async def test_every_parameter_of_a_search_counts(world: World) -> None:
    async def found(*parameters: tuple[str, str]) -> set[str]:
        given = [{"name": name, "value": text} for name, text in parameters]
        listed: list[str] = []
        while True:
            page = {"skip": len(listed), "count": 25}
            _, body = await query(world, {"commandId": SEARCH, "parameters": given, "queryOptions": page})
            previews = [each["preview"]["content"] for each in body["composeExtension"].get("attachments", [])]
            if not previews:
                return set(listed)
            listed += [f"{each['title']} {each['text']}" for each in previews]

    first = ("initialRun", "true")
    pumps = await found(("words", "pump"))
    assert pumps
    assert await found(first, ("words", "pump")) == pumps == await found(("words", "pump"), first)
    assert await found(("incident", ""), ("words", "pump")) == pumps
    one = await found(("words", "pump"), ("words", "vibrates"))
    assert set() < one < pumps
    cases, both = await found(("incident", "a")), await found(("incident", "a"), ("account", "a"))
    assert cases < both
    assert await found(first, ("incident", ""), ("account", "")) == await found(("account", ""), ("incident", ""))


async def test_one_record_type_is_searched_by_its_tab_or_by_a_prefix(world: World) -> None:
    for found in (await previews(world, "a", by="account"), await previews(world, "Account: a")):
        assert found
        assert {text.split()[0] for _, text in found} == {"Account"}
    answer = await search(world, "a", by="knowledgearticle")
    assert answer["type"] == "result"


async def test_a_link_finds_its_record_for_people_who_can_read_it(world: World) -> None:
    link = await world.link(SECRET_CASE)
    ((_, shown),) = await previews(world, f"see {link}", person=ALEX)
    assert shown.startswith(f"Case {SECRET_CASE} · ")
    (picked,) = (await search(world, link, person=ALEX))["attachments"]
    (pasted,) = await world.paste(link, person=ALEX)
    assert picked["content"] == pasted["content"]
    assert (await search(world, link, person=PATTI))["text"].startswith("No record matches.")
    elsewhere = await search(world, "https://example.com/main.aspx")
    assert elsewhere["text"].startswith("This link does not open a record in your Dynamics 365 environment.")


async def test_pages_have_no_gaps(world: World) -> None:
    whole = await previews(world, "", by="incident")
    parts = [await previews(world, "", by="incident", skip=skip, count=10) for skip in (0, 10, 20)]
    assert [*parts[0], *parts[1], *parts[2]][:25] == whole
    assert await previews(world, "", by="incident", skip=100_000) == []
    assert len(await previews(world, "", by="incident", count=10**9)) == 25


async def test_a_selected_record_gets_the_same_card_as_its_link(world: World) -> None:
    for disclosure in Disclosure:
        page = await record_type_page(world)
        await request_page(world, page.step("Save", disclosure=disclosure))
        (picked,) = (await search(world, "cas-01001"))["attachments"]
        (pasted,) = await world.paste(await world.link(), person=ADELE)
        # If the settings hide everything, the card says no more than the link.
        assert (picked["content"] == pasted["content"]) == (disclosure is not Disclosure.NOTHING)
        assert texts(picked["content"]) == texts(pasted["content"])
        assert (PUMP in json.dumps(picked["content"])) == (disclosure in {Disclosure.NAME, Disclosure.FIELDS})
        assert ("In Progress" in json.dumps(picked["content"])) == (disclosure is Disclosure.FIELDS)
        assert picked["preview"]["content"]["title"] == PUMP


async def test_the_card_of_a_deleted_record_says_so_when_pressed(world: World) -> None:
    (picked,) = (await search(world, "cas-01001"))["attachments"]
    await world.delete("incidents", await world.row("incidents"))
    answer = await world.press(buttons(picked["content"])["Connect this chat"], person=ADELE)
    assert "This case does not exist" in json.dumps(answer)
    assert (await search(world, "cas-01001"))["type"] == "message"


async def test_each_person_finds_the_records_they_can_read(world: World) -> None:
    assert (await previews(world, SECRET_CASE, person=ALEX))[0][1].startswith(f"Case {SECRET_CASE}")
    answer = await search(world, SECRET_CASE, person=PATTI)
    assert answer == {
        "type": "message",
        "text": "No record matches. Enter a few letters of its name, or its number.",
    }


@pytest.mark.parametrize("person", [LYNNE, None], ids=["no user", "nobody"])
async def test_a_person_without_a_dynamics_user_is_told_whom_to_ask(world: World, person: Somebody | None) -> None:
    answer = await search(world, "pump", person=person)
    assert answer["type"] == "message"
    assert answer["text"].startswith("You have no user in Dynamics 365")
    assert answer["text"].endswith("Ask your administrator for a Dynamics 365 user.")


async def test_while_chats_are_off_the_search_says_so(world: World) -> None:
    await turn_off_chats(world)
    answer = await search(world, "pump")
    assert answer["text"] == (
        "Your administrator turned off chats for Dynamics 365. Ask your administrator to turn on chats."
    )


async def test_a_record_type_that_is_off_is_not_searched(world: World) -> None:
    page = await record_type_page(world, "account")
    await request_page(world, page.step("Save", enabled="false"))
    answer = await search(world, "a", by="account")
    assert answer["text"].startswith("Chats cannot be connected to records of this type.")
    assert "Account" not in {text.split()[0] for _, text in await previews(world, "a")}


async def test_a_slow_dataverse_is_reported_in_time(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs = True
    answer = await search(world, "pump")
    assert answer == {"type": "message", "text": "Dynamics 365 is taking too long to respond. Try again in a moment."}
    world.dataverse_hangs = False


async def test_a_newer_query_cancels_the_previous_search(world: World) -> None:
    await search(world, "pump")
    world.dataverse_hangs_on = "/incidents"
    first = asyncio.create_task(search(world, "pum"))
    await world.until(lambda: any("'pum'" in each for each in world.dataverse_was_asked))
    second = asyncio.create_task(search(world, "pump v"))
    answer = await first
    assert (answer["type"], answer["attachments"]) == ("result", [])
    world.dataverse_hangs_on = ""
    assert (await second)["attachments"]


async def test_equal_searches_are_shared_by_one_person_but_not_by_two(world: World) -> None:
    await search(world, "pump")
    await search(world, "pump", person=PATTI)
    world.dataverse_was_asked.clear()
    world.dataverse_hangs_on = "/incidents"
    searches = [asyncio.create_task(search(world, "vibrates", person=each)) for each in (ADELE, ADELE, PATTI)]
    await world.until(lambda: len(queries_with_words(world, "vibrates")) == 2)
    await asyncio.sleep(0.1)
    assert len(queries_with_words(world, "vibrates")) == 2
    world.dataverse_hangs_on = ""
    answers = await asyncio.gather(*searches)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "' or 1 eq 1 or title eq '",
        "100% & more_[x]",
        "$top=1&$filter=x#?/",
        "مضخة تهتز",
        "\u202eevil\u202c",
        "🙂🔧 pump",
        "\x00\x07",
        ":",
        "case:",
    ],
    ids=lambda text: ascii(text[:20]),
)
async def test_any_text_is_searched_literally(world: World, text: str) -> None:
    answer = await search(world, text)
    assert answer["type"] in {"message", "result"}
    if answer["type"] == "message":
        assert answer["text"].startswith("No record matches.")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a text",
        {},
        {"commandId": SEARCH},
        {"commandId": SEARCH, "parameters": "pump"},
        {"commandId": SEARCH, "parameters": ["pump"]},
        {"commandId": SEARCH, "parameters": [{"name": "words", "value": "pump"}, None]},
        {"commandId": SEARCH, "parameters": [{"name": "words", "value": 5}]},
        {"commandId": SEARCH, "parameters": [{"name": ["words"], "value": "pump"}]},
        {"commandId": ["searchRecords"], "parameters": []},
        {"commandId": SEARCH, "parameters": [], "queryOptions": {"skip": -1}},
        {"commandId": SEARCH, "parameters": [], "queryOptions": {"count": "25"}},
        {"commandId": SEARCH, "parameters": [], "queryOptions": {"count": True}},
        {"commandId": SEARCH, "parameters": [], "queryOptions": [25]},
    ],
    ids=repr,
)
async def test_a_malformed_search_is_refused(world: World, value: object) -> None:
    status, body = await query(world, value)
    assert (status, body["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "value",
    [
        {"commandId": "nothing of ours", "parameters": [{"name": "words", "value": "pump"}]},
        {"commandId": SEARCH, "parameters": [{"name": "systemuser", "value": "a"}]},
    ],
    ids=repr,
)
async def test_an_unknown_search_says_what_to_do(world: World, value: object) -> None:
    status, body = await query(world, value)
    assert status == 200
    assert body["composeExtension"] == {
        "type": "message",
        "text": "This search no longer exists. Ask your administrator to update the app.",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("querySettingUrl", "Administrators can open the settings here with Settings, or by writing settings."),
        ("selectItem", "This result no longer works. Search for the record again."),
    ],
)
@pytest.mark.parametrize("value", [None, {}, "a text", {"commandId": SEARCH}], ids=repr)
async def test_other_requests_of_the_compose_box_are_answered_with_a_message(
    world: World, name: str, text: str, value: object
) -> None:
    invoke = world.activity(GROUP, ADELE, type="invoke", name=f"composeExtension/{name}", value=value)
    assert await world.post(invoke) == (200, {"composeExtension": {"type": "message", "text": text}})


SETS = {"incident": "incidents", "account": "accounts", "contact": "contacts", "knowledgearticle": "knowledgearticles"}


async def readable(world: World, table: str, person: Somebody) -> set[str]:
    """Return the IDs of all rows that Dataverse lets the person read."""
    url, key = f"{world.sandbox}{API}/{SETS[table]}", f"{table}id"
    async with world.session.get(url, params={"$select": key}, headers={"CallerObjectId": person.object_id}) as answer:
        return {str(row[key]) for row in (await answer.json()).get("value", ())}


def test_no_search_finds_a_record_that_the_person_cannot_read(world: World) -> None:
    seen: dict[tuple[str, Somebody], set[str]] = {}

    @given(
        table=st.sampled_from(sorted(SETS)),
        person=st.sampled_from(COLLEAGUES),
        words=st.sampled_from(["", "a", "e", "pump", "CAS-0100", "1", "GmbH"]),
        skip=st.integers(0, 60),
    )
    @examples(8)
    def holds(table: str, person: Somebody, words: str, skip: int) -> None:
        if (table, person) not in seen:
            seen[table, person] = world.run(readable(world, table, person))
        answer = world.run(search(world, words, by=table, person=person, skip=skip))
        for each in answer.get("attachments", ()):
            assert buttons(each["content"])["Chats"]["data"]["row"] in seen[table, person]

    holds()
    assert world.run(readable(world, "incident", PATTI)) < world.run(readable(world, "incident", ALEX))
