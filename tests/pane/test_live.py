"""The page learns of changes without asking Microsoft Graph (spec P9)."""

from typing import Any

from sqlalchemy import delete, update

from bot.features.pane.live import LASTS_FOR
from bot.store.tables import chat, signing_key
from tests.steps.members import create_chat
from tests.steps.pane import PanePage, case, error_of, open_pane
from tests.steps.records import SECRET_CASE
from tests.steps.settings_pages import record_type_page, request_page
from tests.wire.people import ADELE, ALEX, MEGAN, PATTI
from tests.wire.world import API, GROUP, World


async def test_a_poll_without_changes_has_no_content_and_asks_graph_nothing(world: World) -> None:
    await create_chat(world)
    page = await open_pane(world, MEGAN)
    for record in (await case(world), None):
        watch = (await page.view(record))["watch"]
        world.dataverse_was_asked.clear()
        for _ in range(3):
            world.clock.advance(30)
            assert not await page.is_outdated(watch)
        # A periodic job maintains subscriptions.
        asked = [each for each in world.dataverse_was_asked if "/graph/" in each and "/subscriptions" not in each]
        assert asked == []


async def test_a_new_connection_and_its_end_are_noticed(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    watch = (await page.view(record))["watch"]
    await create_chat(world)
    assert await page.is_outdated(watch)
    view = await page.view(record)
    assert not await page.is_outdated(view["watch"])
    other = await open_pane(world, MEGAN)
    (row,) = (await other.view(record))["sections"][0]["rows"]
    await other.send("disconnect", {"connection": row["connection"]})
    assert await page.is_outdated(view["watch"])
    await world.settle()


async def test_a_chat_of_the_person_that_is_connected_elsewhere_is_noticed(world: World) -> None:
    made = await create_chat(world, "Booster", "CAS-01002")
    page, record = await open_pane(world, MEGAN), await case(world)
    watches = [(await page.view(each))["watch"] for each in (record, None)]
    other = await open_pane(world, ADELE)
    body = {"record": await case(world, "CAS-01003"), "chat": made, "note": "none"}
    assert (await other.send("connect", body))[0] == 200
    assert [await page.is_outdated(watch) for watch in watches] == [True, True]
    await world.settle()


async def test_a_message_a_new_name_and_new_settings_are_noticed(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, ALEX), await case(world)
    for changed in ({"topic": "Another"}, {"last_written_at": world.clock.now()}, {"bot_present": False}):
        watch = (await page.view(record))["watch"]
        async with world.engines.writing.begin() as begun:
            await begun.execute(update(chat).where(chat.c.topic.is_not(None)).values(changed))
        assert await page.is_outdated(watch), changed
    watch = (await page.view(record))["watch"]
    await request_page(world, (await record_type_page(world)).step("Save", join="false"))
    assert await page.is_outdated(watch)


async def test_a_lost_right_counts_at_the_next_poll(world: World) -> None:
    page, record = await open_pane(world, PATTI), await case(world)
    watch = (await page.view(record))["watch"]
    world.dataverse_refuses[f"{API}/incidents("] = (404, {"error": {"code": "0x80040217", "message": "gone"}})
    status, body = await page.send("poll", watch)
    assert (status, error_of(body)[0]) == (404, "This case does not exist, or you do not have access to it.")


async def test_a_page_without_a_record_is_loaded_again_after_a_while_with_all_checks(world: World) -> None:
    made, soon = await create_chat(world), LASTS_FOR.total_seconds() - 1
    page = await open_pane(world, MEGAN)
    watch = (await page.view())["watch"]
    assert watch["chats"] == [made]
    world.clock.advance(soon)
    assert not await page.is_outdated(watch)
    world.clock.advance(1)
    # From now on, it says nothing about the chat, which the person may have left.
    assert await page.is_outdated(watch)
    assert await page.is_outdated({**watch, "version": watch["version"].replace(watch["version"][:10], "9" * 10)})
    again = (await page.view())["watch"]
    assert not await page.is_outdated(again)


async def test_the_tab_of_a_chat_is_loaded_again_after_a_while_with_all_checks(world: World) -> None:
    await world.say("connect CAS-01001 quiet", person=ADELE)
    await world.settle()
    page = await open_pane(world, ALEX)
    watch = (await page.send("chat", {"chat": GROUP}))[1]["watch"]
    world.clock.advance(LASTS_FOR.total_seconds() - 1)
    assert (await page.send("chat/poll", watch))[0] == 204
    world.clock.advance(1)
    assert (await page.send("chat/poll", watch))[0] == 200


async def test_nobody_finds_out_what_a_hidden_record_is_called_by_trying_versions(world: World) -> None:
    """A version without a key would confirm each right guess of the stored names, which are easy to guess."""
    for number in ("CAS-01001", SECRET_CASE):
        await world.say(f"connect {number} quiet", person=ADELE)
        await world.settle()
    # The end of the process stores who wrote last.
    await world.restart()
    page = await open_pane(world, PATTI)
    before = await versions(page)
    await world.restart()
    assert await versions(page) == before
    async with world.engines.writing.begin() as begun:
        await begun.execute(delete(signing_key))
    await world.restart()
    # The stored state is the same. Only the key is another one.
    assert not set(await versions(page)) & set(before)


async def versions(page: PanePage) -> list[str]:
    """Return the versions of the record's view, of the person's chats, and of a chat with a hidden record."""
    status, body = await page.send("chat", {"chat": GROUP})
    assert (status, body["hidden"]) == (200, 1)
    views = [await page.view(each) for each in (await case(page.world), None)]
    return [each["watch"]["version"] for each in (*views, body)]


async def test_a_forged_watch_is_refused(world: World) -> None:
    made = await create_chat(world)
    page, stranger = await open_pane(world, MEGAN), await open_pane(world, ALEX)
    watch = (await page.view(await case(world)))["watch"]
    assert watch["chats"] == [made]
    assert (await stranger.send("poll", watch))[0] == 400
    forged: list[dict[str, Any]] = [
        {**watch, "chats": [made, "19:other@thread.v2"]},
        {**watch, "chats": []},
        {**watch, "record": await case(world, "CAS-01002")},
        {**watch, "record": None},
        {**watch, "signature": "0" * 64},
        {**watch, "signature": ""},
        {**watch, "chats": "x"},
        {**watch, "chats": [7]},
        {**watch, "chats": [made] * 201},
        {**watch, "version": 7},
        {},
    ]
    for each in forged:
        assert (await page.send("poll", each))[0] == 400, each
    assert await page.is_outdated({**watch, "version": "0"})
