"""The tab of a group chat: its records as each member may see them (spec P5)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.values import Chat, Connection
from bot.store.tables import connection, environment, record_type
from tests.steps.members import create_chat
from tests.steps.pane import PanePage, case, error_of, open_pane
from tests.wire.people import ADELE, ALEX, COLLEAGUES, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.surroundings import UNPACED
from tests.wire.test_absent_app import take_out
from tests.wire.world import GROUP, OTHER_GROUP, World

pytestmark = pytest.mark.one_database

HIGH = 1
WAIT_S = 0.3
"""Time after which strangers are refused here."""
NO_USER = "You have no user in Dynamics 365, so you can only read cards."
NOT_CONFIRMED = "Chat Sync could not confirm that you are a member of this chat."


async def connect(world: World, *numbers: str, person: Any = ADELE, chat: str = GROUP) -> None:
    for number in numbers:
        await world.say(f"connect {number} quiet", person=person, chat=chat)
        await world.settle()


async def chat_of(page: PanePage, chat: str = GROUP, **more: object) -> dict[str, Any]:
    """Return the view of the chat."""
    status, body = await page.send("chat", {"chat": chat, **more})
    assert status == 200, body
    view: dict[str, Any] = body
    return view


async def refused(page: PanePage, chat: str = GROUP) -> tuple[int, str]:
    status, body = await page.send("chat", {"chat": chat})
    return status, error_of(body)[0]


async def is_outdated(page: PanePage, view: dict[str, Any]) -> bool:
    status, body = await page.send("chat/poll", view["watch"])
    assert (status, body) in [(204, None), (200, {"outdated": True})], body
    return status == 200


async def test_a_member_sees_the_records_with_fields_and_the_last_changes(world: World) -> None:
    await connect(world, "CAS-01001", "CAS-01002")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    view = await chat_of(await open_pane(world, MEGAN))
    assert (view["total"], view["hidden"], view["mute"]) == (2, 0, None)
    newest, oldest = view["records"]
    assert [each["record"]["number"] for each in (newest, oldest)] == ["CAS-01002", "CAS-01001"]
    assert oldest["record"]["name"] == "Pump vibrates after firmware update"
    assert oldest["record"]["url"].startswith(world.sandbox)
    assert {"label": "Priority", "value": "High"} in oldest["fields"]
    assert oldest["facts"] == [{"text": "Connected by Adele Vance", "at": "2026-11-21T10:20:30+00:00", "after": ""}]
    (change,) = oldest["changes"]
    assert change.pop("text") == "Priority Normal → High, posted: every change"
    assert change == {"at": "2026-11-21T10:20:32+00:00", "after": "", "until": None}
    assert (newest["changes"], newest["problems"], oldest["problems"]) == ([], [], [])


async def test_strangers_and_chats_that_do_not_exist_get_one_answer(world: World) -> None:
    await connect(world, "CAS-01001")
    world.connector.members[GROUP].remove(MEGAN.account_id)
    page = await open_pane(world, MEGAN)
    assert await refused(page) == (403, NOT_CONFIRMED)
    assert await refused(page, "19:ffff@thread.v2") == (403, NOT_CONFIRMED)
    status, body = await page.send("chat/poll", {"chat": GROUP, "version": "x"})
    assert (status, body) == (200, {"outdated": True})
    assert "CAS" not in str(body)


@pytest.mark.parametrize("person", [MEGAN, LYNNE, DIEGO], ids=lambda each: each.name.split()[0])
async def test_nobody_learns_whether_the_app_is_in_a_chat_of_others(world: World, person: Somebody) -> None:
    await connect(world, "CAS-01001")
    world.connector.members[GROUP] = [ADELE.account_id, ADELE.object_id]
    page, record = await open_pane(world, person), await case(world)
    for name, body in (("chat", {}), ("connect", {"record": record, "note": "none"})):
        known, missing = [
            {str(await page.send(name, {**body, "chat": chat})) for _ in range(5)}
            for chat in (GROUP, "19:ffff@thread.v2")
        ]
        assert known == missing
        assert len(known) == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("chat", {}),
        ("chat/poll", {"version": "x"}),
        ("connect", {"note": "none"}),
        ("dialog", {"page": "members"}),
        ("button", {"verb": "status"}),
        ("search", {"dataset": "members", "text": "a"}),
    ],
)
async def test_nobody_learns_it_from_the_time_of_the_answer(world: World, name: str, body: dict[str, object]) -> None:
    await connect(world, "CAS-01001")
    world.connector.members[GROUP] = [ADELE.account_id, ADELE.object_id]
    world.limits = replace(UNPACED, refuse_after_s=WAIT_S)
    await world.restart()
    page, record = await open_pane(world, ALEX), await case(world)
    for chat in (GROUP, "19:ffff@thread.v2"):
        began = asyncio.get_running_loop().time()
        status, _ = await page.send(name, {**body, "record": record, "chat": chat})
        assert asyncio.get_running_loop().time() - began >= WAIT_S
        assert status == (200 if name == "chat/poll" else 403)


async def test_people_without_a_user_ask_nobody_about_a_chat(world: World) -> None:
    await connect(world, "CAS-01001")
    page = await open_pane(world, LYNNE)
    world.connector.members.pop(GROUP)
    for name, body in (("chat", {}), ("dialog", {"page": "members"}), ("button", {"verb": "status"})):
        status, answer = await page.send(name, {**body, "chat": GROUP})
        assert (status, error_of(answer)[0]) == (403, NO_USER)


async def test_the_version_of_another_chat_tells_strangers_nothing(world: World) -> None:
    """The state of a chat without records is the same in every chat, and each member of one can ask for it."""
    chat = await create_chat(world)
    megan, alex = await open_pane(world, MEGAN), await open_pane(world, ALEX)
    (stored,) = await world.rows_in(connection)
    assert (await megan.send("disconnect", {"connection": stored["public_id"]}))[0] == 200
    await world.settle()
    await take_out(world, chat)
    watch = (await chat_of(alex, OTHER_GROUP))["watch"]
    assert not await is_outdated(alex, {"watch": watch})
    for named in (chat, "19:ffff@thread.v2"):
        assert await is_outdated(alex, {"watch": {**watch, "chat": named}}), named


async def test_the_records_of_a_chat_are_loaded_only_for_its_members(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger without a user in one environment must not learn that the chat has records there."""
    await connect(world, "CAS-01001")
    world.connector.members[GROUP].remove(MEGAN.account_id)
    loaded: list[str] = []

    async def load(_services: object, chat: Chat) -> list[Connection]:
        loaded.append(chat.id)
        return []

    monkeypatch.setattr("bot.features.pane.chat_view.connections_of_chat", load)
    assert await refused(await open_pane(world, MEGAN)) == (403, NOT_CONFIRMED)
    assert loaded == []
    assert (await chat_of(await open_pane(world, ALEX)))["total"] == 0
    assert loaded == [GROUP]


async def test_people_without_a_user_in_dynamics_see_nothing_guests_included(world: World) -> None:
    await connect(world, "CAS-01001")
    world.join(LYNNE, DIEGO)
    world.connector.roles[LYNNE.account_id] = "guest"
    page = await open_pane(world, LYNNE)
    status, text = await refused(page)
    assert (status, text.partition(",")[0]) == (403, "You have no user in Dynamics 365")
    # A guest with a user is judged by the rights of that user.
    world.connector.roles[ALEX.account_id] = "guest"
    assert (await chat_of(await open_pane(world, ALEX)))["total"] == 1


async def test_a_hidden_record_is_only_counted(world: World) -> None:
    await connect(world, "CAS-01001", "CAS-01005")
    view = await chat_of(await open_pane(world, PATTI))
    assert (view["total"], view["hidden"], len(view["records"])) == (2, 1, 1)
    assert "CAS-01005" not in str(view)
    assert (await chat_of(await open_pane(world, ADELE)))["hidden"] == 0


@pytest.mark.parametrize(
    "chat", ["", "x", "19:a_b@unq.gbl.spaces", "19:a@thread.tacv2", "19:" + "a" * 250 + "@thread.v2"]
)
async def test_only_group_chats_have_records(world: World, chat: str) -> None:
    page = await open_pane(world, ALEX)
    assert await refused(page, chat) == (422, "Only group chats can be connected to a record.")


async def test_values_that_no_page_sends_are_refused(world: World) -> None:
    page = await open_pane(world, ALEX)
    for body in ({"chat": 7}, {"chat": GROUP, "shown": "10"}, {"chat": GROUP, "shown": -1}, {"chat": "x" * 401}):
        assert (await page.send("chat", body))[0] == 400, body
    assert (await page.send("chat/poll", {"chat": GROUP, "version": 7}))[0] == 400
    assert (await PanePage(world).send("chat", {"chat": GROUP}))[0] == 401


async def test_a_chat_without_records_says_so(world: World) -> None:
    view = await chat_of(await open_pane(world, ALEX), OTHER_GROUP)
    assert (view["records"], view["total"], view["hidden"]) == ([], 0, 0)


async def test_microsoft_graph_confirms_members_of_a_chat_without_the_app(world: World) -> None:
    chat = await create_chat(world)
    await take_out(world, chat)
    view = await chat_of(await open_pane(world, MEGAN), chat)
    (row,) = view["records"]
    (problem,) = row["problems"]
    assert problem["text"] == "Paused since"
    assert problem["after"].endswith("To resume, add the app to this chat again.")
    assert await refused(await open_pane(world, ALEX), chat) == (403, NOT_CONFIRMED)


async def test_a_poll_tells_what_the_chat_hears(world: World) -> None:
    await connect(world, "CAS-01001")
    page = await open_pane(world, MEGAN)
    view = await chat_of(page)
    assert not await is_outdated(page, view)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert await is_outdated(page, view)
    view = await chat_of(page)
    await world.say("mute 1h", person=ALEX)
    assert await is_outdated(page, view)
    view = await chat_of(page)
    assert view["mute"] == {"text": "Muted by Alex Wilber until", "at": "2026-11-21T11:20:32+00:00", "after": ""}
    await connect(world, "CAS-01002")
    assert await is_outdated(page, view)
    assert not await is_outdated(page, await chat_of(page))


async def test_polls_of_many_pages_ask_teams_for_the_members_once(world: World) -> None:
    await connect(world, "CAS-01001")
    pages = [await open_pane(world, each) for each in COLLEAGUES]
    views = [await chat_of(each) for each in pages]
    reads, members = world.connector.roster_reads, world.connector.member_reads
    for _ in range(3):
        assert [await is_outdated(page, view) for page, view in zip(pages, views, strict=True)] == [False] * 5
    assert world.connector.roster_reads <= reads + 1
    assert world.connector.member_reads == members


async def test_a_person_who_left_and_a_deleted_chat_are_noticed_while_the_page_is_open(world: World) -> None:
    await connect(world, "CAS-01001")
    megan, isaiah = await open_pane(world, MEGAN), await open_pane(world, ISAIAH)
    views = [await chat_of(each) for each in (megan, isaiah)]
    assert not await is_outdated(megan, views[0])
    world.connector.members[GROUP].remove(MEGAN.account_id)
    world.clock.advance(5 * 60 + 1)
    assert await is_outdated(megan, views[0])
    assert await refused(megan) == (403, NOT_CONFIRMED)
    # His page has been loaded again by then, and goes on.
    views[1] = await chat_of(isaiah)
    assert not await is_outdated(isaiah, views[1])
    del world.connector.members[GROUP]
    world.clock.advance(5 * 60 + 1)
    assert await is_outdated(isaiah, views[1])
    assert await refused(isaiah) == (403, NOT_CONFIRMED)


async def test_chats_that_are_off_and_types_that_are_off_show_no_fields(world: World) -> None:
    await connect(world, "CAS-01001")
    page = await open_pane(world, MEGAN)
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(record_type).values(enabled=False))
    await world.restart()
    (row,) = (await chat_of(page))["records"]
    assert (row["fields"], row["problems"][0]["text"]) == (
        [],
        "Your administrator turned off chats for records of this type.",
    )
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(chats_on=False))
    await world.restart()
    assert await refused(page) == (403, "Your administrator turned off chats for Dynamics 365.")
    assert (await page.send("chat/poll", {"chat": GROUP, "version": ""}))[0] == 403


async def test_the_chat_has_more_records_than_a_page(world: World) -> None:
    await connect(world, *[f"CAS-010{number:02}" for number in range(10, 23)])
    page = await open_pane(world, ADELE)
    view = await chat_of(page)
    assert len(view["records"]) == 10
    assert len((await chat_of(page, shown=20))["records"]) == view["total"]
