"""People in the pane: suggested contacts, the record's people, presence, and photos (spec P2, A3, A4)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from bot.sandbox.teams.people import DIRECTORY
from bot.store.tables import environment
from tests.steps.members import create_chat
from tests.steps.pane import PanePage, case, error_of, names, open_pane, people
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI
from tests.wire.world import PERSONAL, World, texts

pytestmark = pytest.mark.one_database

PRESENCES = "communications/getPresencesByUserId"
FORBIDDEN = (403, {"error": {"code": "Forbidden", "message": "no"}})
PNG = b"\x89PNG"


async def test_suggested_contacts_are_those_of_the_command_with_a_link_to_write_to_them(world: World) -> None:
    await create_chat(world)
    await world.say("suggest CAS-01001", person=ALEX, chat=PERSONAL)
    said = texts(world.card(PERSONAL))[2:]
    view = await (await open_pane(world, ALEX)).view(await case(world), tab="suggested")
    found = people(view, "suggested")
    told = [text for each in found for text in (f"{each['name']} ({each['presenceText']})", each["reason"])]
    assert told == said
    assert told[:2] == ["Adele Vance (available)", "Owner · Connected a chat · Last changed it"]
    link = urlsplit(found[0]["url"])
    assert (link.netloc, link.path) == ("teams.microsoft.com", "/l/chat/0/0")
    assert parse_qs(link.query) == {"users": ["adele.vance@example.com"], "message": [view["record"]["url"]]}


async def test_the_people_of_a_record_have_titles_and_reasons(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, ADELE), await case(world)
    found = people(await page.view(record, tab="people"), "recordPeople")
    assert [(each["name"], each["title"], each["isSelf"]) for each in found] == [
        ("Adele Vance", "Service Representative", True),
        ("Megan Bowen", "Customer Service Manager", False),
        ("Alex Wilber", "Service Systems Administrator", False),
    ]
    # Nobody writes to themselves.
    assert [bool(each["url"]) for each in found] == [False, True, True]
    assert names(people(await page.view(record, tab="people", words="wil"), "recordPeople")) == ["Alex Wilber"]
    assert people(await page.view(record, tab="people", words="isaiah"), "recordPeople") == []


async def test_only_members_of_a_chat_see_its_members(world: World) -> None:
    await create_chat(world)
    record = await case(world)
    for person, reasons in ((ADELE, ["In 1 connected chat"]), (PATTI, [])):
        found = people(await (await open_pane(world, person)).view(record, tab="people"), "recordPeople")
        assert [each["reason"] for each in found if each["name"] == "Megan Bowen"] == reasons


async def test_people_of_a_hidden_record_are_not_shown(world: World) -> None:
    page, record = await open_pane(world, PATTI), await case(world, "CAS-01005")
    for tab in ("suggested", "people", "channels", "timeline"):
        status, body = await page.send("view", {"record": record, "tab": tab})
        assert (status, error_of(body)[0]) == (404, "This case does not exist, or you do not have access to it.")


async def test_a_missing_permission_for_presence_hides_it_and_nothing_else(world: World) -> None:
    world.dataverse_refuses[PRESENCES] = FORBIDDEN
    page, record = await open_pane(world, ALEX), await case(world)
    (adele,) = people(await page.view(record, tab="suggested"), "suggested")
    assert (adele["name"], adele["presence"], bool(adele["url"])) == ("Adele Vance", "UNKNOWN", True)
    world.dataverse_refuses.clear()
    (adele,) = people(await page.view(record, tab="suggested"), "suggested")
    assert adele["presence"] == "AVAILABLE"


async def test_presence_is_asked_again_after_half_a_minute(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    counts = []
    for seconds in (0, 10, 25):
        world.clock.advance(seconds)
        world.dataverse_was_asked.clear()
        await page.view(record, tab="suggested")
        counts.append(sum(PRESENCES in each for each in world.dataverse_was_asked))
    assert counts == [1, 0, 1]


async def shown_to(page: PanePage) -> dict[str, dict[str, str]]:
    """Return the people whom the pane shows beside the case, by their names."""
    found = people(await page.view(await case(page.world), tab="people"), "recordPeople")
    return {each["name"]: each for each in found}


async def test_a_photo_is_loaded_once_and_shown_to_those_who_see_the_person(world: World) -> None:
    page = await open_pane(world, ALEX)
    shown = await shown_to(page)
    for _ in range(2):
        world.dataverse_was_asked.clear()
        status, kind, content = await page.photo(shown["Adele Vance"])
        assert (status, kind, content[:4]) == (200, "image/png", PNG)
    assert not any("photos" in each for each in world.dataverse_was_asked)


async def test_photos_of_others_and_missing_ones_get_one_answer(world: World) -> None:
    await create_chat(world)
    page, other = await open_pane(world, ALEX), await open_pane(world, MEGAN)
    shown, theirs = await shown_to(page), await shown_to(other)
    adele, isaiah = shown["Adele Vance"], {"key": ISAIAH.object_id, "photo": shown["Adele Vance"]["photo"]}
    answers = [
        await page.photo(each)
        for each in (
            isaiah,
            {**adele, "photo": ""},
            {**adele, "photo": "0" * 64},
            theirs["Adele Vance"],
            {**adele, "key": "99999999-0000-4000-8000-000000000001"},
        )
    ]
    assert len(set(answers)) == 1
    assert answers[0][0] == 404
    # A person without a photo.
    world.dataverse_refuses["/photos/"] = (404, {"error": {"code": "ImageNotFound", "message": "none"}})
    assert await page.photo(adele) == answers[0]


async def test_a_photo_needs_a_session_of_a_permitted_person(world: World) -> None:
    page = await open_pane(world, ALEX)
    adele = (await shown_to(page))["Adele Vance"]
    stranger = PanePage(world)
    assert (await stranger.photo(adele))[0] == 401
    assert (await page.photo(adele, X_Chat_Sync_Host="teams"))[0] == 401
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(chats_on=False))
    await world.restart()
    assert (await page.photo(adele))[0] == 403


async def test_a_signature_ends_after_two_days(world: World) -> None:
    adele = (await shown_to(await open_pane(world, ALEX)))["Adele Vance"]
    world.clock.advance(24 * 3600)
    assert (await (await open_pane(world, ALEX)).photo(adele))[0] == 200
    world.clock.advance(24 * 3600)
    assert (await (await open_pane(world, ALEX)).photo(adele))[0] == 404


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", PNG, b"\xff\xd8\xff" + b"0" * 64_000, b"{}"])
async def test_only_small_jpeg_and_png_images_are_passed_on(
    world: World, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await open_pane(world, ALEX)
    adele = (await shown_to(page))["Adele Vance"]
    monkeypatch.setattr("bot.sandbox.graph.people.photo_of", lambda _: content)
    assert (await page.photo(adele))[0] == 404


def test_the_sandbox_has_people_with_and_without_photos() -> None:
    from bot.sandbox.graph.photos import photo_of

    photos = {user.name: photo_of(user.id) for user in DIRECTORY.values()}
    assert {name for name, photo in photos.items() if photo} >= {ADELE.name, MEGAN.name}
    assert {ISAIAH.name, LYNNE.name} <= {name for name, photo in photos.items() if not photo}
    assert max(len(photo) for photo in photos.values() if photo) < 2_000
