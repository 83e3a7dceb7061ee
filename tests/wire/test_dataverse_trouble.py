"""Answers in Teams when Dataverse is busy, fails, or is configured differently than expected (spec Q2)."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import update

from bot.store.tables import record_type
from tests.dataverse.samples import FORBIDDEN
from tests.steps.records import create, set_record_type
from tests.wire.people import ADELE, ALEX, PATTI
from tests.wire.world import API, GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

LONG = "قطع غيار المضخة غير متوفرة. " * 142
"""Four thousand characters of right-to-left text."""

NOT_FOR_THEM = [
    "This case does not exist, or you do not have access to it.",
    "Check the link, or ask the record's owner for access.",
]


async def goes_wrong(world: World, fault: str) -> None:
    """Make the next answers of the sandbox fail with this fault."""
    async with world.session.get(f"{world.sandbox}{API}/WhoAmI", headers={"x-sandbox-fault": fault}) as answer:
        assert answer.status == 200


async def use_view(world: World, cells: Sequence[str], links: str = "", *, table: str = "incident") -> None:
    """Create a view and choose it for the table's notes, as an administrator."""
    layout = "".join(f"<cell name={quoteattr(name)} width='150'/>" for name in cells)
    view = {
        "name": "Of a test",
        "returnedtypecode": table,
        "querytype": 0,
        "layoutxml": f"<grid name='resultset'><row name='result' id='{table}id'>{layout}</row></grid>",
        "fetchxml": f"<fetch><entity name='{table}'>{links}</entity></fetch>",
    }
    await choose(world, await create(world, "savedqueries", view), table=table)


async def choose(world: World, view: str, *, table: str = "incident") -> None:
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == table).values(note_view=view))
    await world.restart()


async def connected(world: World) -> list[str]:
    """Return the text of the card after connecting."""
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    return texts(world.card())


@pytest.mark.parametrize("fault", ["503", "429", "429; retry-after=1", "truncated"])
async def test_of_a_hiccup_people_see_nothing(world: World, fault: str) -> None:
    await goes_wrong(world, f"{fault}; times=1; path=incidents")
    assert (await connected(world))[:2] == ["Case", "CAS-01001"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("429; retry-after=60", "Dynamics 365 is not responding."),
        ("500", "Dynamics 365 is not responding."),
        ("not-json", "Dynamics 365 returned an unreadable answer."),
        ("401", "Dynamics 365 rejected the app's sign-in."),
    ],
)
async def test_what_lasts_is_told_with_what_to_do(world: World, fault: str, said: str) -> None:
    link = await world.link()
    await goes_wrong(world, f"{fault}; times=1; path=incidents")
    (found,) = await world.paste(link, person=ADELE)
    told = texts(found["content"])
    assert told[0] == said
    assert told[1]


async def test_while_dataverse_asks_to_wait_it_is_left_alone(world: World) -> None:
    link = await world.link()
    await goes_wrong(world, "429; retry-after=60; times=1; path=incidents")
    await world.paste(link, person=ADELE)
    asked = len(world.dataverse_was_asked)
    for _ in range(3):
        (found,) = await world.paste(link, person=PATTI)
        assert texts(found["content"])[0] == "Dynamics 365 is busy."
    assert len(world.dataverse_was_asked) == asked


async def test_an_app_that_may_not_act_for_people_blames_nobody_else(world: World) -> None:
    link = await world.link()
    told = {"error": {"code": "0x80040220", "message": "The caller is missing prvActOnBehalfOfAnotherUser privilege."}}
    world.dataverse_refuses_to_act_for_people = told
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[0] == "Dynamics 365 does not let the app act for users."
    assert list(buttons(found["content"])) == ["Try again"]


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=list(FORBIDDEN))
async def test_however_dataverse_says_that_a_row_is_not_for_the_person_the_card_holds_nothing_of_it(
    world: World, code: str
) -> None:
    link = await world.link()
    world.dataverse_refuses["/incidents("] = (403, {"error": {"code": code, "message": "Pump vibrates"}})
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"]) == NOT_FOR_THEM
    assert "Pump" not in str(found)


async def test_a_table_that_is_not_there_is_told_of_as_such(world: World) -> None:
    link = await world.link()
    gone = {"error": {"code": "0x80060888", "message": "Resource not found for the segment 'incidents'."}}
    world.dataverse_refuses["/EntityDefinitions("] = (404, gone)
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"]) == ["This does not exist in Dynamics 365.", "Check the link or the number."]


async def test_somebody_who_was_faster_is_told_of_as_such(world: World) -> None:
    link = await world.link()
    world.dataverse_refuses["/incidents("] = (412, {"error": {"code": "0x80060882", "message": "Pump vibrates"}})
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[0] == "Someone changed this in Dynamics 365 at the same time."


async def test_answers_of_another_make_are_told_as_trouble_and_nothing_breaks(world: World) -> None:
    link = await world.link()
    # Definitions come first, because valid ones are cached.
    for path in ("/EntityDefinitions(", "/incidents(", "/systemusers"):
        bodies: tuple[object, ...] = (None, [], 5, "text", {"value": 5}, {"value": [5, None, {}]}, {"incidentid": 7})
        for body in bodies:
            world.dataverse_refuses = {path: (200, body)}
            (found,) = await world.paste(link, person=ADELE)
            assert len(texts(found["content"])) == 2, (path, body)
            assert "went wrong" not in str(found)


async def test_a_view_that_is_too_large_is_named_to_who_connects_and_a_card_works_without_it(world: World) -> None:
    await set_record_type(world, disclosure="fields")
    await use_view(world, ["who.fullname"], "<link-entity alias='who'/>" * 101)
    assert await connected(world) == [
        "The layout of the note's view is damaged or too large.",
        "Ask an administrator to choose another view.",
    ]
    (found,) = await world.paste(await world.link(), person=ADELE)
    assert texts(found["content"])[:2] == ["Case", "CAS-01001"]


async def test_a_note_shows_columns_of_linked_tables(world: World) -> None:
    link = "<link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer' alias='who'/>"
    await use_view(world, ["title", "who.fullname", "prioritycode"], link)
    facts = [each.partition(": ")[0] for each in await connected(world)]
    assert facts[3:6] == ["Case Title", "Full Name (Contact)", "Priority"]


async def test_a_view_that_names_what_is_not_there_shows_the_rest(world: World) -> None:
    await use_view(world, ["cs_gone", "who.fullname", "prioritycode"])
    assert [each for each in await connected(world) if ":" in each and "DATE" not in each] == ["Priority: Normal"]


async def test_a_view_with_no_supported_column_does_not_keep_anybody_from_connecting(world: World) -> None:
    await use_view(world, ["incidentid", "cs_gone"])
    assert await connected(world) == ["CAS-01001 is connected to this chat.", "Connected by Adele Vance."]


async def test_of_a_view_with_three_hundred_columns_the_first_five_are_shown(world: World) -> None:
    shown = ["title", "prioritycode", "statuscode", "caseorigincode", "createdon"]
    await use_view(world, [*shown, "ownerid", *(f"cs_column{number}" for number in range(294))])
    labels = [each.partition(": ")[0] for each in await connected(world)]
    assert labels[3:-1] == ["Case Title", "Priority", "Status Reason", "Origin", "Created On"]


async def test_a_personal_view_is_refused_with_the_reason(world: World) -> None:
    personal = {
        "name": "Mine",
        "returnedtypecode": "incident",
        "querytype": 0,
        "layoutxml": "<grid/>",
        "fetchxml": "<fetch/>",
    }
    await choose(world, await create(world, "userqueries", personal))
    await world.say("connect CAS-01001", person=ADELE)
    told = texts(world.card())
    assert "personal view" in told[0]
    assert told[1] == "Ask an administrator to choose a system view."


async def test_a_long_text_from_right_to_left_is_cut_on_the_card(world: World) -> None:
    row = await create(world, "emails", {"subject": "قطع غيار المضخة", "description": LONG[:4000]})
    await use_view(world, ["subject", "description"], table="email")
    world.connector.members[GROUP] = [ALEX.account_id]
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn=email&id={row}")
    await world.settle()
    told = texts(world.card())
    # Isolation marks keep its direction from the text around it.
    assert "\u2068قطع غيار المضخة\u2069" in told
    (description,) = [each for each in told if each.startswith("Description: ")]
    assert 100 < len(description) < 1000


async def test_a_note_has_its_labels_in_the_base_language_of_the_environment(world: World) -> None:
    world.dataverse_refuses["/organizations?"] = (200, {"value": [{"languagecode": 1025}]})
    await world.restart()
    await use_view(world, ["prioritycode", "caseorigincode"])
    told = await connected(world)
    assert told[0] == "\u2068الحالة\u2069"  # noqa: RUF001
    assert "\u2068الأولوية\u2069: \u2068عادية\u2069" in told  # noqa: RUF001
    # Without a label in that language, the application's label is used.
    assert [each for each in told if each.startswith("Origin: ")]


async def test_where_the_language_is_not_for_the_app_to_know_labels_are_in_its_own(world: World) -> None:
    refused = (403, {"error": {"code": "0x80040220", "message": "missing prvReadUserSettings privilege"}})
    world.dataverse_refuses["/usersettingscollection("] = refused
    assert (await connected(world))[0] == "Case"
