"""Chats on the timelines of their records (spec section 6)."""

from datetime import timedelta

import pytest

from bot.store.tables import chat as chats
from bot.store.tables import chat_activity, sync_job
from tests.fakes.clock import START
from tests.steps.changes import until
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
from tests.wire.people import ADELE, ALEX, COLLEAGUES, LYNNE, MEGAN, PATTI
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons


async def test_a_connected_chat_is_on_the_timeline_with_a_row_created_as_the_connector(world: World) -> None:
    world.connector.members[GROUP] = [each.account_id for each in (ALEX, MEGAN, LYNNE)]
    found = await connect_and_sync(world, person=MEGAN)
    case = await world.row("incidents")
    assert found["subject"] == "Alex Wilber, Lynne Robbins, Megan Bowen"
    assert found["_regardingobjectid_value"] == case
    assert found["teamschatid"] == GROUP
    assert found["_createdby_value"] in await user_ids(world, MEGAN)
    assert party_ids(found) == await user_ids(world, ALEX, MEGAN)
    assert (found["statecode"], found["_createdonbehalfby_value"] is not None) == (0, True)


async def test_the_row_shows_the_last_writer_and_the_time(world: World) -> None:
    await connect_and_sync(world)
    world.clock.advance(30)
    await write_message(world, ADELE)
    await run_due_jobs(world)
    found = await chat_row(world)
    assert found["modifiedinteamson"] == "2026-11-21T10:21:07Z"
    assert party_ids(found, 1) == await user_ids(world, ADELE)
    assert party_ids(found) == await user_ids(world, *COLLEAGUES)
    # An edit or a deletion counts like a new message.
    world.clock.advance(60)
    await write_message(world, MEGAN, type="messageUpdate", channelData={"eventType": "editMessage"})
    await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, MEGAN)
    world.clock.advance(60)
    await write_message(world, ALEX, type="messageDelete", text="", channelData={"eventType": "softDeleteMessage"})
    await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, ALEX)


async def test_messages_of_apps_and_buttons_do_not_count_as_written_by_people(world: World) -> None:
    await connect_and_sync(world)
    await run_due_jobs(world)
    before = await chat_row(world)
    world.clock.advance(60)
    other_app = {"id": "28:another-app", "name": "Another app"}
    status, _ = await world.post({**world.activity(GROUP, None, type="message", text="beep"), "from": other_app})
    assert status == 201
    await world.post(world.activity(GROUP, type="installationUpdate", action="add-upgrade"))
    await world.post(world.activity(GROUP, ADELE, type="message", value={"verb": "records"}))
    await run_due_jobs(world)
    assert {**await chat_row(world), "@odata.etag": ""} == {**before, "@odata.etag": ""}
    (kept,) = await world.rows_in(chat_activity)
    assert kept["active_at"] == START


async def test_the_row_shows_the_current_members(world: World) -> None:
    world.connector.members[GROUP] = [ALEX.account_id, MEGAN.account_id]
    await connect_and_sync(world)
    world.join(ADELE, LYNNE)
    added = [{"id": each.account_id, "aadObjectId": each.object_id} for each in (ADELE, LYNNE)]
    assert await send_event(world, membersAdded=added) == 201
    await run_due_jobs(world)
    found = await chat_row(world)
    assert party_ids(found) == await user_ids(world, ALEX, MEGAN, ADELE)
    assert found["subject"] == "Adele Vance, Alex Wilber, Lynne Robbins + 1"
    world.connector.members[GROUP].remove(MEGAN.account_id)
    assert await send_event(world, membersRemoved=[{"id": MEGAN.account_id}]) == 201
    await run_due_jobs(world)
    assert party_ids(await chat_row(world)) == await user_ids(world, ALEX, ADELE)
    (kept,) = await world.rows_in(chat_activity)
    assert kept["others"] == 1


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("Pump triage", "Pump triage"),
        ("  two\nlines\u0000 ", "two lines"),
        ("x" * 400, "x" * 249 + "…"),
        ("🛠️" * 100, "🛠️" * 83 + "…"),
        ("مضخة معطلة", "مضخة معطلة"),
        ("", "Adele Vance, Alex Wilber, Isaiah Langer + 2"),
    ],
)
async def test_the_subject_of_the_row_is_the_topic_of_the_chat(world: World, topic: str, subject: str) -> None:
    await connect_and_sync(world)
    await send_event(world, topicName=topic)
    await run_due_jobs(world)
    assert (await chat_row(world))["subject"] == subject


async def test_the_latest_topic_stays_regardless_of_the_order_of_arrival(world: World) -> None:
    await connect_and_sync(world)
    at = [(world.clock.now() - timedelta(seconds=each)).isoformat() for each in (3, 2, 1)]
    await send_event(world, topicName="First", timestamp=at[0])
    await send_event(world, topicName="Third", timestamp=at[2])
    await send_event(world, topicName="Second", timestamp=at[1])
    await run_due_jobs(world)
    assert (await chat_row(world))["subject"] == "Third"
    await send_event(world, topicName="Same second, but later", timestamp=at[2])
    await run_due_jobs(world)
    assert (await chat_row(world))["subject"] == "Same second, but later"


async def test_wrong_timestamps_do_not_move_the_last_message(world: World) -> None:
    await connect_and_sync(world)
    await write_message(world, ADELE, timestamp="2031-01-01T00:00:00Z")
    await run_due_jobs(world)
    assert (await chat_row(world))["modifiedinteamson"] == "2026-11-21T10:20:37Z"
    await write_message(world, MEGAN, timestamp="1999-01-01T00:00:00Z")
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["modifiedinteamson"], party_ids(found, 1)) == ("2026-11-21T10:20:37Z", await user_ids(world, ADELE))


async def test_nothing_is_stored_about_a_chat_that_is_not_connected(world: World) -> None:
    await write_message(world, ADELE, chat=OTHER_GROUP)
    status, _ = await world.post(world.activity(OTHER_GROUP, type="conversationUpdate", topicName="Secret plans"))
    assert status == 201
    await run_due_jobs(world)
    (kept,) = await world.rows_in(chats, chats.c.id == OTHER_GROUP)
    assert (kept["topic"], kept["last_writer_id"], kept["last_written_at"]) == (None, None, None)
    assert await world.rows_in(sync_job) == []


async def test_a_chat_of_three_records_has_three_rows(world: World) -> None:
    for number in ("CAS-01001", "CAS-01002", "CAS-01003"):
        await world.say(f"connect {number} quiet")
    await run_due_jobs(world)
    world.clock.advance(60)
    await write_message(world, ADELE)
    await run_due_jobs(world)
    found = await chat_rows(world)
    assert len({each["_regardingobjectid_value"] for each in found}) == 3
    assert {each["modifiedinteamson"] for each in found} == {"2026-11-21T10:21:37Z"}


async def test_an_activity_is_connected_without_a_row(world: World) -> None:
    emails = f"{world.sandbox}/api/data/v9.2/emails?$top=1&$filter=statecode eq 1"
    async with world.session.get(emails) as answer:
        email = (await answer.json())["value"][0]["activityid"]
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn=email&id={email}")
    await world.settle()
    assert await chat_rows(world) == []
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] == "activity table"


async def test_disconnecting_completes_the_row_with_the_name_of_the_person(world: World) -> None:
    await connect_and_sync(world)
    await world.say("disconnect CAS-01001", person=MEGAN)
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["statecode"], found["statuscode"]) == (1, 2)
    assert found["description"] == "Disconnected by Megan Bowen on 2026-11-21 10:20 UTC."


async def test_a_row_with_a_full_description_is_still_completed_and_reopened(world: World) -> None:
    made = await connect_and_sync(world)
    words = "x" * 1990
    url = f"{world.sandbox}/api/data/v9.2/chats({made['activityid']})"
    await world.session.patch(url, json={"description": words})
    await world.say("disconnect CAS-01001")
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["statecode"], found["description"]) == (1, words)
    await world.press(buttons(world.connector.cards(GROUP)[-1])["Undo"])
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["statecode"], found["description"]) == (0, words)


async def test_undo_reopens_the_row_and_a_new_connection_gets_a_new_row(world: World) -> None:
    made = await connect_and_sync(world)
    await world.say("disconnect CAS-01001")
    await run_due_jobs(world)
    undo = buttons(world.connector.cards(GROUP)[-1])["Undo"]
    await world.press(undo)
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["activityid"], found["statecode"], found["description"]) == (made["activityid"], 0, "")
    await world.say("disconnect CAS-01001")
    await run_due_jobs(world)
    await world.say("connect CAS-01001 quiet", person=MEGAN)
    await run_due_jobs(world)
    old, new = await chat_rows(world)
    assert (old["activityid"], old["statecode"], new["statecode"]) == (made["activityid"], 1, 0)
    assert new["_createdby_value"] in await user_ids(world, MEGAN)


async def test_a_row_completed_by_a_person_is_not_updated_until_it_is_reopened(world: World) -> None:
    made = await connect_and_sync(world)
    url = f"{world.sandbox}/api/data/v9.2/chats({made['activityid']})"
    await run_due_jobs(world)
    await world.session.patch(url, json={"statecode": 1, "statuscode": 2})
    world.clock.advance(60)
    await write_message(world, ADELE)
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["statecode"], found["modifiedinteamson"]) == (1, made["modifiedinteamson"])
    await world.session.patch(url, json={"statecode": 0, "statuscode": 1})
    world.clock.advance(60)
    await write_message(world, MEGAN)
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["statecode"], party_ids(found, 1)) == (0, await user_ids(world, MEGAN))


async def test_a_row_deleted_by_a_person_is_not_created_again(world: World) -> None:
    made = await connect_and_sync(world)
    await world.delete("chats", made["activityid"])
    await run_due_jobs(world)
    await write_message(world, ADELE)
    await run_due_jobs(world)
    assert await chat_rows(world) == []
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] == "deleted"


async def test_a_person_who_cannot_add_activities_connects_the_chat_without_a_row(world: World) -> None:
    world.dataverse_refuses["/chats("] = (403, {"error": {"code": "0x80040220", "message": "no"}})
    await world.say("connect CAS-01001 quiet", person=PATTI)
    await world.settle()
    (kept,) = await world.rows_in(chat_activity)
    assert kept["trouble"] == "refused"


async def test_activity_while_dataverse_is_down_reaches_the_row_later(world: World) -> None:
    world.dataverse_refuses["/chats("] = (503, {})
    await world.say("connect CAS-01001 quiet")
    await world.connector.arrived(GROUP, 1)
    for _ in range(3):
        world.clock.advance(400)
        await write_message(world, ADELE)
        await run_due_jobs(world)
    assert await chat_rows(world) == []
    world.dataverse_refuses.clear()
    world.clock.advance(400)
    await world.settle()
    assert party_ids(await chat_row(world), 1) == await user_ids(world, ADELE)


async def test_a_row_is_created_once_even_if_the_response_is_lost(world: World) -> None:
    """Find the created row by its ID, which was chosen before the request."""
    await connect_and_sync(world)
    async with world.engines.writing.begin() as connection:
        await connection.execute(chat_activity.update().values(row=None, people={}, written_at=None))
    await send_event(world, membersAdded=[{"id": ADELE.account_id}])
    await run_due_jobs(world)
    assert len(await chat_rows(world)) == 1


async def test_an_idle_chat_is_not_updated_until_it_is_connected_again(world: World) -> None:
    await connect_and_sync(world)
    world.clock.advance(7 * 24 * 3600 + 1)
    await world.looked_through("incident")
    await write_message(world, ADELE)
    await run_due_jobs(world)
    await write_message(world, MEGAN)
    await run_due_jobs(world)
    assert party_ids(await chat_row(world), 1) == await user_ids(world, ALEX)
    await world.say("connect CAS-01002 quiet", person=MEGAN)
    await run_due_jobs(world)
    assert [party_ids(each, 1) for each in await chat_rows(world)] == [await user_ids(world, MEGAN)] * 2
    await run_due_jobs(world, 121)  # catch-up jobs of the seven days


async def test_the_row_of_a_merged_record_moves_to_the_remaining_record(world: World) -> None:
    await world.say("connect CAS-01002 quiet")
    await world.settle()
    made = await chat_row(world)
    survivor, merged = await world.row("incidents"), await world.row("incidents", "CAS-01002")
    body = {
        "Target": {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": survivor},
        "Subordinate": {"@odata.type": "Microsoft.Dynamics.CRM.incident", "incidentid": merged},
        "UpdateContent": {"@odata.type": "Microsoft.Dynamics.CRM.incident"},
        "PerformParentingChecks": False,
    }
    seen = len(world.event_answers)
    await world.session.post(f"{world.sandbox}/api/data/v9.2/Merge", json=body)
    await world.until(lambda: len(world.event_answers) > seen)
    await world.window_ends()
    await run_due_jobs(world)
    found = await chat_row(world)
    assert (found["activityid"], found["_regardingobjectid_value"]) == (made["activityid"], survivor)


async def test_the_row_of_a_deleted_record_is_completed(world: World) -> None:
    await connect_and_sync(world)
    seen = len(world.event_answers)
    await world.delete("incidents", await world.row("incidents"))
    await world.until(lambda: len(world.event_answers) > seen)
    await world.window_ends()
    await run_due_jobs(world)
    (kept,) = await world.rows_in(chat_activity)
    assert kept["closing"] is not None


async def test_chats_are_listed_in_the_chat_pane_of_dynamics_if_that_is_on(world: World) -> None:
    await connect_and_sync(world)
    listed = f"{world.sandbox}/api/data/v9.2/msdyn_teamschatassociations"

    async def pane() -> list[tuple[str, str, int]]:
        async with world.session.get(listed) as answer:
            found = (await answer.json())["value"]
        names = ("msdyn_teamschatid", "msdyn_regardingobjectname", "msdyn_entityrecordstate")
        return [(each[names[0]], each[names[1]], each[names[2]]) for each in found]

    assert await pane() == []
    await request_page(world, (await organization_page(world)).step("Save", mirror_chats="true"))
    await run_due_jobs(world)
    assert await pane() == [(GROUP, "incident", 0)]
    await world.say("disconnect CAS-01001")
    await run_due_jobs(world)
    assert await pane() == [(GROUP, "incident", 1)]
    await world.say("connect CAS-01001 quiet")
    await run_due_jobs(world)
    assert await pane() == [(GROUP, "incident", 0)]


async def test_a_change_without_an_event_is_found_by_the_periodic_check(world: World) -> None:
    await connect_and_sync(world)
    world.connector.members[GROUP].remove(MEGAN.account_id)
    world.clock.advance(6 * 3600)
    left = await user_ids(world, *(each for each in COLLEAGUES if each != MEGAN))

    async def is_seen() -> bool:
        return party_ids(await chat_row(world)) == left

    await until(world, is_seen)
