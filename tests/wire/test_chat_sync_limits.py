"""Limits of chat sync: its cost, data that it never stores, and failures (spec S2, S6, Y3, Y4)."""

import asyncio
import logging
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.store.tables import chat as chats
from bot.store.tables import chat_activity, metadata
from tests.patience import PATIENCE_S
from tests.steps.chat_sync import (
    chat_row,
    chat_rows,
    connect_and_sync,
    party_ids,
    run_due_jobs,
    send_event,
    user_ids,
    write_message,
)
from tests.steps.settings_pages import organization_page, request_page
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN
from tests.wire.world import GROUP, World

pytestmark = pytest.mark.one_database

MARKER = "purple-elephant-4711"


async def test_no_message_text_is_stored_logged_counted_or_sent(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await connect_and_sync(world)
    with caplog.at_level(logging.DEBUG):
        attachment = {"contentType": "text/html", "content": f"<div>{MARKER}</div>"}
        await write_message(world, ADELE, text=f"The {MARKER} said so", attachments=[attachment])
        await write_message(world, MEGAN, type="messageUpdate", text=MARKER, channelData={"eventType": "editMessage"})
        await write_message(
            world, ADELE, type="messageDelete", text=MARKER, channelData={"eventType": "softDeleteMessage"}
        )
        await write_message(world, ADELE, summary=MARKER, value={"note": MARKER}, replyToId=MARKER)
        await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, ADELE)  # the messages were processed
    async with world.session.get(f"{world.url}/metrics") as answer:
        counted = await answer.text()
    kept = [str(await world.rows_in(table)) for table in metadata.tables.values()]
    sent = [*world.dataverse_was_asked, *(each.decode() for each in world.dataverse_was_sent)]
    for place in (kept, sent, [counted], [caplog.text, capsys.readouterr().out]):
        assert MARKER not in str(place)


async def test_no_message_text_is_logged_if_a_turn_fails(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await connect_and_sync(world)
    trouble = chat_activity.update()
    with caplog.at_level(logging.DEBUG):
        async with world.engines.writing.begin() as connection:
            await connection.execute(trouble.values(trouble="one that no version knows"))
        await world.say(f"status {MARKER}", person=ADELE)
        await world.press({"verb": "status", "data": {"words": MARKER}}, person=ADELE)
        await world.say(f"connect CAS-01002 {MARKER}", person=ADELE)
        assert await send_event(world, topicName=MARKER, text=MARKER) == 500
        await write_message(world, MEGAN, text=MARKER, summary=MARKER)
        await write_message(world, MEGAN, type="messageUpdate", text=MARKER, channelData={"eventType": "editMessage"})
        world.clock.advance(1)
        logged = ""
        async with asyncio.timeout(PATIENCE_S):
            while "chat_sync.last_writes_not_saved" not in logged:
                await asyncio.sleep(0.005)
                logged += capsys.readouterr().out
        async with world.engines.writing.begin() as connection:
            await connection.execute(trouble.values(trouble=None))
        await run_due_jobs(world)
    world.connector.posts.clear()
    logged += capsys.readouterr().out
    for failed in ("turn.failed", "http.request_failed"):
        assert failed in logged
    assert "ValueError: 'one that no version knows'" in logged
    assert MARKER not in logged + caplog.text
    assert party_ids(await chat_row(world), 1) == await user_ids(world, MEGAN)  # the last write is still stored


async def commits(world: World) -> Any:
    """Return a value that changes with every commit to the database."""
    if world.settings.database_url.startswith("sqlite"):
        asked = text("PRAGMA data_version")
    else:
        asked = text("SELECT txid_snapshot_xmax(txid_current_snapshot())")
    async with world.engines.reading.connect() as connection:
        return (await connection.execute(asked)).scalar()


async def test_a_message_in_a_connected_chat_sends_no_request_and_writes_nothing_in_its_turn(world: World) -> None:
    # The clock does not advance, so that nothing else is due.
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    async with world.engines.reading.connect() as connection:
        await connection.execute(select(chats.c.id))
        asked, before = len(world.dataverse_was_asked), await commits(world)
        for _ in range(50):
            await write_message(world, ADELE)
        assert (len(world.dataverse_was_asked), await commits(world)) == (asked, before)
    await run_due_jobs(world)
    assert await commits(world) != before


async def test_nothing_is_synced_while_sync_is_off_and_the_last_state_arrives_afterwards(world: World) -> None:
    made = await connect_and_sync(world)
    page = await organization_page(world)
    await request_page(world, page.step("Save", sync_on="false"))
    await world.settle()
    asked = len(world.dataverse_was_sent)
    world.clock.advance(60)
    await write_message(world, MEGAN)
    await send_event(world, topicName="Not synced")
    await run_due_jobs(world)
    await world.say("disconnect CAS-01001")
    await world.say("connect CAS-01002 quiet")
    await run_due_jobs(world)
    assert not [each for each in world.dataverse_was_sent[asked:] if b"modifiedinteamson" in each]
    (kept,) = await world.rows_in(chats, chats.c.id == GROUP)
    assert kept["topic"] is None
    assert len(await world.rows_in(chat_activity)) == 1, "connections made while sync is off are not synced"
    page = await organization_page(world)
    await request_page(world, page.step("Save", sync_on="true"))
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["activityid"], found["statecode"]) == (made["activityid"], 1)


async def test_a_roster_of_250_with_guests_apps_and_people_without_a_user(world: World) -> None:
    guests = [f"29:guest{number}" for number in range(240)]
    apps = ["28:another-app", "28:a-third-app"]
    strangers = ["29:nobody-in-entra"]
    named = [each.account_id for each in (ALEX, MEGAN, ADELE, LYNNE)]
    world.connector.members[GROUP] = [*guests, *apps, *strangers, *named]
    world.connector.object_ids.update(
        {each: f"99999999-0000-4000-8000-{number:012}" for number, each in enumerate(guests)}
    )
    world.connector.names.update({each: f"Guest {number:03}" for number, each in enumerate(guests)})
    found = await connect_and_sync(world)
    assert party_ids(found) == await user_ids(world, ALEX, MEGAN, ADELE)
    assert found["subject"] == "Adele Vance, Alex Wilber, Guest 000 + 242"
    (kept,) = await world.rows_in(chat_activity)
    assert kept["others"] == 240 + 1 + 1
    await write_message(world, LYNNE)
    await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == set(), "a person without a user is not shown"


async def test_a_disabled_user_is_not_shown(world: World) -> None:
    url = f"{world.sandbox}/api/data/v9.2/systemusers({await world.user_id(MEGAN)})"
    await world.session.patch(url, json={"isdisabled": True})
    found = await connect_and_sync(world)
    assert await world.user_id(MEGAN) not in party_ids(found)


async def test_bursts_cause_one_write_in_five_seconds_and_the_last_state_arrives(world: World) -> None:
    await connect_and_sync(world)
    await run_due_jobs(world)
    world.dataverse_was_sent.clear()
    for _ in range(20):
        for person in (ADELE, MEGAN):
            await write_message(world, person)
        await run_due_jobs(world, 0)
    await run_due_jobs(world)
    written = [each for each in world.dataverse_was_sent if b"modifiedinteamson" in each]
    assert 3 <= len(written) <= 5
    assert party_ids(await chat_row(world), 1) == await user_ids(world, MEGAN)


async def test_duplicate_and_malformed_events_change_nothing(world: World) -> None:
    await connect_and_sync(world)
    await run_due_jobs(world)
    before = await chat_row(world)
    added = [{"id": ADELE.account_id, "aadObjectId": ADELE.object_id}]
    for _ in range(3):
        assert await send_event(world, membersAdded=added) == 201
    for odd in ("x", 7, None, [], [None], [{"id": 7}], {"id": "29:x"}):
        status, _ = await world.post(world.activity(GROUP, type="conversationUpdate", membersAdded=odd, topicName=odd))
        assert status in {201, 400}
    unseen = world.activity("19:never-seen@thread.v2", type="conversationUpdate", topicName="New", membersAdded=added)
    assert (await world.post(unseen))[0] == 201
    await run_due_jobs(world)
    after = await chat_row(world)
    assert party_ids(after) == party_ids(before)
    assert len(await chat_rows(world)) == 1


async def test_an_event_that_cannot_be_stored_is_answered_with_an_error(world: World) -> None:
    """Changes of members and topics are stored before the response, which reports a failure of the database."""
    await connect_and_sync(world)
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE sync_job RENAME TO sync_job_elsewhere"))
    assert await send_event(world, topicName="Pumps") >= 500
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE sync_job_elsewhere RENAME TO sync_job"))


async def test_the_last_writer_is_stored_even_if_the_database_fails_in_the_turn(world: World) -> None:
    await connect_and_sync(world)
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE chat RENAME TO chat_elsewhere"))
    said = world.activity(
        GROUP, MEGAN, type="message", text="hello", recipient={"id": "28:chat-sync", "name": "New name"}
    )
    await world.post(said)
    async with world.engines.writing.begin() as connection:
        await connection.execute(text("ALTER TABLE chat_elsewhere RENAME TO chat"))
    await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, MEGAN)


async def test_an_error_of_the_roster_removes_no_member_from_the_row(world: World) -> None:
    made = await connect_and_sync(world)
    world.connector.roster_says = 404, b'{"error":{"code":"SomethingNew"}}'
    await send_event(world, membersAdded=[{"id": ADELE.account_id, "aadObjectId": ADELE.object_id}])
    await run_due_jobs(world)
    assert party_ids(await chat_row(world)) == party_ids(made) != set()
    world.connector.roster_says = None
    world.connector.members[GROUP].remove(MEGAN.account_id)
    await run_due_jobs(world, 10)
    assert party_ids(await chat_row(world)) == party_ids(made) - await user_ids(world, MEGAN)


GATEWAY = (404, {"message": "no route"})
"""A response of a gateway between the bot and Dataverse. It does not mean that the row is missing."""


async def test_a_404_of_a_gateway_does_not_count_as_a_deleted_row(world: World) -> None:
    made = await connect_and_sync(world)
    world.dataverse_refuses["/chats("] = GATEWAY
    await write_message(world, MEGAN)
    await run_due_jobs(world)
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] is None
    world.dataverse_refuses.clear()
    await run_due_jobs(world, 10)
    found = await chat_row(world)
    assert (found["activityid"], party_ids(found, 1)) == (made["activityid"], await user_ids(world, MEGAN))


async def test_after_a_404_of_a_gateway_the_row_of_a_disconnected_chat_is_completed(world: World) -> None:
    await connect_and_sync(world)
    world.dataverse_refuses["/chats("] = GATEWAY
    await world.say("disconnect CAS-01001")
    await run_due_jobs(world)
    assert (await chat_row(world))["statecode"] == 0
    world.dataverse_refuses.clear()
    await run_due_jobs(world, 10)
    assert (await chat_row(world))["statecode"] == 1


async def test_a_404_of_a_gateway_does_not_count_as_a_missing_timeline(world: World) -> None:
    world.dataverse_refuses["/ManyToOneRelationships"] = GATEWAY
    await world.say("connect CAS-01001 quiet")
    await run_due_jobs(world)
    world.dataverse_refuses.clear()
    await run_due_jobs(world, 10)
    assert party_ids(await chat_row(world)) != set()


async def test_an_environment_without_the_chat_table_has_no_timeline(world: World) -> None:
    world.dataverse_refuses["/ManyToOneRelationships"] = (404, {"error": {"code": "0x80041102", "message": "none"}})
    await world.say("connect CAS-01001 quiet")
    await run_due_jobs(world)
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] == "no timeline"


async def test_a_missing_user_does_not_count_as_a_deleted_row(world: World) -> None:
    await connect_and_sync(world)
    gone = {ADELE.object_id: "99999999-0000-4000-8000-000000000009"}
    async with world.engines.writing.begin() as connection:
        await connection.execute(chat_activity.update().values(people=gone))
    await write_message(world, ADELE)
    await run_due_jobs(world)
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] is None
    await send_event(world, membersAdded=[{"id": ADELE.account_id}])
    await run_due_jobs(world, 10)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, ADELE)
