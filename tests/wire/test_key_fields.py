"""Cards in connected chats when a key field of their record changes (spec K1-K8)."""

import json

from sqlalchemy import update

from bot.store.tables import field_value, inbox, record_type
from tests.dataverse.samples import bag, context, row, typed
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.steps.settings_pages import organization_page, request_page
from tests.wire.people import ADELE, MEGAN, PATTI
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons, texts


async def connected(world: World, *chats: str, number: str = "CAS-01001") -> None:
    for chat in chats or (GROUP,):
        await world.say(f"connect {number} quiet", chat=chat)
        await world.settle()
        world.card(chat)


async def test_a_raised_priority_is_reported_to_each_connected_chat(world: World) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    await world.change({"prioritycode": HIGH}, by=ADELE)
    await world.window_ends()
    for chat in (GROUP, OTHER_GROUP):
        (post,) = world.connector.posts[chat]
        assert post["summary"] == "CAS-01001: Priority Normal → High"
        card = world.card(chat)
        assert texts(card) == [
            "Case",
            "CAS-01001",
            "Pump vibrates after firmware update",
            "Priority: Normal → **High**",
            "Adele Vance · {{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}",
        ]
        assert buttons(card)["Open record"]["url"] == await world.link()
    known = await world.rows_in(field_value, field_value.c.column == "prioritycode")
    assert {(row["raw"], row["text"]) for row in known} == {(HIGH, "High")}


async def test_a_save_without_a_new_value_posts_no_card(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": NORMAL})
    await world.window_ends()
    assert world.event_answers == [202]
    assert world.nothing_was_said()


async def test_changes_within_the_window_are_one_card_and_a_later_change_is_another(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": HIGH}, by=ADELE)
    world.clock.advance(1)
    await world.change({"statuscode": 2}, by=MEGAN)
    await world.settle()
    assert world.nothing_was_said()
    # The window starts with the first change, and later changes do not extend it.
    world.clock.advance(1)
    await world.settle()
    card = world.card()
    assert texts(card)[3:] == [
        "Priority: Normal → **High**",
        "Status Reason: In Progress → **On Hold**",
        "Adele Vance and Megan Bowen · {{DATE(2026-11-21T10:20:31Z, SHORT)}} {{TIME(2026-11-21T10:20:31Z)}}",
    ]
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card())


async def test_a_field_that_returns_to_its_first_value_is_left_out(world: World) -> None:
    await connected(world)
    for value in (HIGH, LOW, NORMAL):
        await world.change({"prioritycode": value})
    await world.window_ends()
    assert world.event_answers == [202, 202, 202]
    assert world.nothing_was_said()


async def test_a_resolved_case_is_reported_with_status_and_reason(world: World) -> None:
    await connected(world)
    await world.change({"statecode": 1, "statuscode": 5})
    await world.window_ends()
    assert texts(world.card())[3:5] == [
        "Status: Active → **Resolved**",
        "Status Reason: In Progress → **Problem Solved**",
    ]


async def test_events_about_other_columns_and_unconnected_records_are_not_stored(world: World) -> None:
    await connected(world)
    await world.change({"title": "Pump vibrates more"}, told=False)
    await world.change({"prioritycode": HIGH}, number="CAS-01002")
    await world.window_ends()
    assert world.event_answers == [200]
    assert await world.rows_in(inbox) == []
    assert world.nothing_was_said()


async def test_a_disconnected_chat_gets_no_card(world: World) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    await world.say("disconnect CAS-01001")
    await world.settle()
    world.card()
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert world.nothing_was_said(GROUP)
    assert "CAS-01001" in texts(world.card(OTHER_GROUP))


async def test_a_chat_disconnected_within_the_window_gets_no_card(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": HIGH})
    await world.say("disconnect CAS-01001")
    await world.settle()
    world.card()
    await world.window_ends()
    assert world.nothing_was_said()


async def test_a_duplicate_event_is_reported_once(world: World) -> None:
    await connected(world)
    body = context({"prioritycode": typed("OptionSetValue", Value=HIGH)}, PrimaryEntityId=await world.row("incidents"))
    assert await world.tell(body) == (202, {"outcome": "kept"})
    assert await world.tell(body) == (200, {"outcome": "kept before"})
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card())
    assert await world.tell(body) == (200, {"outcome": "kept before"})
    await world.window_ends()
    assert world.nothing_was_said()


async def test_without_a_pre_image_the_old_value_is_the_last_reported_one(world: World) -> None:
    await connected(world)
    case = await world.row("incidents")
    changed = {"prioritycode": typed("OptionSetValue", Value=LOW)}
    await world.tell(context(changed, PrimaryEntityId=case))
    await world.window_ends()
    assert "Priority: Normal → **Low**" in texts(world.card())


async def test_with_an_unknown_old_value_the_card_shows_only_the_new_one(world: World) -> None:
    await connected(world)
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(field_value.delete())
    await world.tell(
        context({"prioritycode": typed("OptionSetValue", Value=LOW)}, PrimaryEntityId=await world.row("incidents"))
    )
    await world.window_ends()
    assert "Priority: **Low**" in texts(world.card())


async def test_a_stripped_event_is_completed_from_the_record(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": HIGH}, told=True)
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(inbox.delete())
    stripped = context({}, InputParameters=None, PreEntityImages=None, PrimaryEntityId=await world.row("incidents"))
    status, _ = await world.tell(stripped, x_ms_dynamics_msg_size_exceeded="true")
    assert status == 202
    await world.window_ends()
    facts = [text for text in texts(world.card()) if ": " in text]
    assert facts == ["Priority: Normal → **High**"]


async def test_an_event_older_than_the_reported_value_posts_no_card(world: World) -> None:
    await connected(world)
    world.clock.advance(60)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.card()
    late = context(
        {"prioritycode": typed("OptionSetValue", Value=LOW)},
        PrimaryEntityId=await world.row("incidents"),
        OperationCreatedOn="/Date(1763720460000+0000)/",  # one year earlier
    )
    assert (await world.tell(late))[0] == 202
    await world.window_ends()
    assert world.nothing_was_said()


async def test_both_date_formats_of_events_are_parsed(world: World) -> None:
    await connected(world)
    case = await world.row("incidents")
    for value, moment in ((LOW, "/Date(1795256500000)/"), (HIGH, "2026-11-21T10:21:50Z")):
        await world.tell(
            context(
                {"prioritycode": typed("OptionSetValue", Value=value)},
                PrimaryEntityId=case,
                OperationCreatedOn=moment,
                OperationId=f"0b000000-0000-0000-0000-0000000000{value:02d}",
            )
        )
    await world.window_ends()
    said = texts(world.card())
    assert "Priority: Normal → **High**" in said
    assert "2026-11-21T10:21:50Z" in said[-1]


async def test_for_a_secured_column_the_card_shows_only_that_it_changed(world: World) -> None:
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(
            update(record_type).where(record_type.c.table == "incident").values(key_fields=["cs_refundamount"])
        )
    await world.restart()
    await connected(world)
    case = await world.row("incidents")
    secret = 987654.32
    event = context({"cs_refundamount": typed("Money", Value=secret)}, {}, PrimaryEntityId=case)
    await world.tell(event)
    await world.window_ends()
    (post,) = world.connector.posts[GROUP]
    assert "Refund amount: changed" in texts(world.card())
    assert post["summary"] == "CAS-01001: Refund amount changed"
    kept = json.dumps([str(each) for table in (field_value,) for each in await world.rows_in(table)])
    assert "987654" not in json.dumps(post) + kept


async def test_an_administrator_can_show_the_values_of_secured_columns(world: World) -> None:
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(
            update(record_type)
            .where(record_type.c.table == "incident")
            .values(key_fields=["cs_refundamount"], tell_secured=True)
        )
    await world.restart()
    await connected(world)
    event = context({"cs_refundamount": typed("Money", Value=12.5)}, {}, PrimaryEntityId=await world.row("incidents"))
    await world.tell(event)
    await world.window_ends()
    assert "Refund amount: – → **€12.50**" in texts(world.card())


async def test_a_new_owner_is_shown_by_name(world: World) -> None:
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(
            update(record_type).where(record_type.c.table == "incident").values(key_fields=["ownerid"])
        )
    await world.restart()
    await connected(world)
    owner = await world.user_id(PATTI)
    reference = typed("EntityReference", Id=owner, LogicalName="systemuser", Name=None)
    await world.tell(context({"ownerid": reference}, PrimaryEntityId=await world.row("incidents")))
    await world.window_ends()
    assert texts(world.card())[3].endswith("→ **Patti Fernandez**")


async def test_a_card_about_a_deleted_record_uses_stored_data(world: World) -> None:
    await connected(world)
    case = await world.row("incidents")
    changed = {"prioritycode": typed("OptionSetValue", Value=HIGH)}
    await world.tell(context(changed, PrimaryEntityId=case))
    await world.switch_webhook(on=False)
    await world.delete("incidents", case)
    await world.window_ends()
    assert texts(world.card())[:4] == [
        "Case",
        "CAS-01001",
        "Pump vibrates after firmware update",
        "Priority: Normal → **High**",
    ]


async def test_changes_while_chats_are_off_are_never_reported(world: World) -> None:
    await connected(world)
    await request_page(world, (await organization_page(world)).step("Save", chats_on="false"))
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    await request_page(world, (await organization_page(world)).step("Save", chats_on="true"))
    world.clock.advance(15 * 60)
    await world.looked_through("incident")
    world.clock.advance(2 * 60)  # the delay in which late events can arrive
    await world.settle()
    assert world.nothing_was_said()
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card())


async def test_when_dataverse_does_not_respond_the_card_is_posted_later(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": HIGH})
    world.dataverse_is_down = True
    await world.window_ends()
    assert world.nothing_was_said()
    (waiting,) = await world.rows_in(inbox)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert waiting["reason"] == "Unavailable: Dynamics 365 is not responding."
    world.dataverse_is_down = False
    world.clock.advance(60)
    await world.settle()
    assert "Priority: Normal → **High**" in texts(world.card())


async def test_other_messages_and_tables_are_answered_with_the_reason_and_not_stored(world: World) -> None:
    await connected(world)
    row_id = await world.row("incidents")
    case = typed("EntityReference", Id=row_id, KeyAttributes=[], LogicalName="incident", Name=None, RowVersion=None)
    shapes: dict[str, dict[str, object]] = {
        "Create": {},
        "Assign": {"InputParameters": bag(Target=case, Assignee={**case, "LogicalName": "systemuser"})},
        "SetState": {"InputParameters": bag(EntityMoniker=case, State=typed("OptionSetValue", Value=1))},
        "Associate": {"InputParameters": bag(Target=case, Relationship=typed("Relationship"), RelatedEntities=[case])},
        "Merge": {"InputParameters": bag(Target=case, SubordinateId=row_id)},
    }
    for message, shape in shapes.items():
        body = context({"prioritycode": typed("OptionSetValue", Value=HIGH)})
        told = await world.tell({**body, "MessageName": message, "PrimaryEntityId": row_id, **shape})
        assert told == (200, {"outcome": f"{message} is ignored"})
    told = await world.tell(
        {**context({"prioritycode": typed("OptionSetValue", Value=HIGH)}), "PrimaryEntityName": "x"}
    )
    assert told == (200, {"outcome": "no watched column of an enabled table"})
    assert await world.rows_in(inbox) == []


async def test_a_row_of_another_table_in_the_target_is_ignored(world: World) -> None:
    await connected(world)
    foreign = row(bag(prioritycode=typed("OptionSetValue", Value=HIGH)), table="account")
    body = context({}, InputParameters=bag(Target=foreign), PrimaryEntityId="99999999-9999-9999-9999-999999999999")
    assert await world.tell(body) == (200, {"outcome": "no chat is connected to the row"})
    await world.window_ends()
    assert world.nothing_was_said()
