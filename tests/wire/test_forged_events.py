"""Events of somebody who has a webhook key: what they claim is compared with Dataverse."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.sandbox.settings import ORGANIZATION_ID
from bot.store.tables import connection, environment, inbox
from tests.dataverse.samples import bag, context
from tests.steps.settings_pages import record_type_page, request_page
from tests.wire.people import ADELE, MEGAN
from tests.wire.surroundings import API
from tests.wire.world import EVENTS, GROUP, PERSONAL, WEBHOOK_KEY, World, texts

pytestmark = pytest.mark.one_database

HIGH = {"__type": "OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts", "Value": 1}
ELSEWHERE = "0c000000-0000-0000-0000-000000000000"
RESTORED = "0d000000-0000-0000-0000-000000000000"


async def connected(world: World) -> str:
    """Connect the chat to the first case, and return the ID of the case."""
    await world.say("connect CAS-01001 quiet", person=ADELE)
    await world.settle()
    world.card()
    return await world.row("incidents")


def change(row: str, **changes: Any) -> dict[str, object]:
    """Return an event that reports a new priority."""
    target = {"LogicalName": "incident", "Id": row, "Attributes": bag(prioritycode=HIGH)}
    return context({}, PrimaryEntityId=row, InputParameters=bag(Target=target), **changes)


def deletion(row: str) -> dict[str, object]:
    target = {"LogicalName": "incident", "Id": row}
    return context({}, MessageName="Delete", PrimaryEntityId=row, InputParameters=bag(Target=target))


async def text_of(world: World, row: str, column: str) -> str:
    """Return a text of a row."""
    async with world.session.get(f"{world.sandbox}{API}/{row}?$select={column}") as answer:
        found: dict[str, str] = await answer.json()
        return found[column]


async def remembered(world: World) -> str | None:
    (row,) = await world.rows_in(environment)
    organization: str | None = row["organization_id"]
    return organization


async def test_a_deletion_is_believed_only_if_the_record_is_gone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    row = await connected(world)
    assert await world.tell(deletion(row)) == (202, {"outcome": "kept"})
    await world.window_ends()
    assert [each["ended_at"] for each in await world.rows_in(connection)] == [None]
    assert world.nothing_was_said()
    assert "record.deletion_not_confirmed" in capsys.readouterr().out
    # Real changes are still reported.
    await world.change({"prioritycode": 1})
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card())


async def test_the_first_event_is_compared_with_dataverse_too(world: World) -> None:
    row = await connected(world)
    assert await remembered(world) is None
    status, _ = await world.tell(change(row, OrganizationId=ELSEWHERE))
    assert (status, await remembered(world), await world.rows_in(inbox)) == (403, None, [])
    status, _ = await world.tell(change(row))
    assert (status, await remembered(world)) == (202, ORGANIZATION_ID)
    await world.window_ends()
    world.connector.posts.clear()


async def test_only_who_has_the_key_chooses_the_correlation_id(world: World) -> None:
    chosen = "c0ffee00c0ffee00"
    for path, key, is_chosen in (("/nothing", WEBHOOK_KEY, False), (EVENTS, "x", False), (EVENTS, WEBHOOK_KEY, True)):
        headers = {"x-ms-correlation-request-id": chosen, "x-chatsync-key": key}
        async with world.session.post(world.url + path, json={}, headers=headers) as answer:
            told = (await answer.json())["error"]["correlationId"]
        assert (told == chosen) is is_chosen


async def test_long_names_and_old_times_are_not_stored(world: World) -> None:
    row = await connected(world)
    for number, owner in enumerate(({"Name": "n" * 900_000}, {"Name": "n", "LogicalName": "s" * 500_000})):
        named = {"Id": await world.user_id(MEGAN), "LogicalName": "systemuser", **owner}
        target = {"LogicalName": "incident", "Id": row, "Attributes": bag(ownerid=named, prioritycode=HIGH)}
        parameters: dict[str, Any] = {
            "InputParameters": bag(Target=target),
            "OperationCreatedOn": "/Date(-62135596800000)/",
        }
        event = context(
            {}, PrimaryEntityId=row, OperationId=f"0b000000-0000-0000-0000-00000000001{number}", **parameters
        )
        assert (await world.tell(event))[0] == 202
    stored = await world.rows_in(inbox)
    assert len(stored) == 2
    assert all(len(str(each)) < 3_000 for each in stored)
    assert "1-01-01T" not in str(stored)
    await world.window_ends()
    world.connector.posts.clear()


async def test_forged_deletions_and_presses_cost_one_line_a_minute(world: World) -> None:
    row = await connected(world)
    invoke = {"action": {"type": "Action.Execute", "verb": "disconnect", "data": {}}, "trigger": "automatic"}
    with capture_logs() as logs:
        for number in range(3):
            await world.tell({**deletion(row), "OperationId": f"0b000000-0000-0000-0000-00000000000{number + 1}"})
            await world.window_ends()
            await world.post(world.activity(type="invoke", name="adaptiveCard/action", value=invoke))
    warned = [each["event"] for each in logs if each["log_level"] == "warning"]
    assert sorted(warned) == ["record.deletion_not_confirmed", "turn.automatic_button_rejected"]


async def test_a_change_beside_a_forged_deletion_is_reported(world: World) -> None:
    row = await connected(world)
    await world.change({"prioritycode": 1})
    await world.tell(deletion(row))
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card())
    assert [each["state"] for each in await world.rows_in(inbox)] == ["done", "done"]


async def test_a_closed_record_and_a_new_owner_are_believed_only_if_the_record_shows_them(world: World) -> None:
    row = await connected(world)
    owner = {"Id": await world.user_id(MEGAN), "LogicalName": "systemuser"}
    for claimed in ({"statecode": {"Value": 1}}, {"ownerid": owner}):
        target = {"LogicalName": "incident", "Id": row, "Attributes": bag(**claimed)}
        event = context({}, PrimaryEntityId=row, InputParameters=bag(Target=target), OperationId=None)
        assert await world.tell(event) == (202, {"outcome": "kept"})
        await world.window_ends()
        # The state is a key field of cases, so its value is on a card, but not as news with buttons.
        assert world.nothing_was_said() or "closed" not in str(texts(world.card()))
    await world.change({"statecode": 1, "statuscode": 5})
    await world.window_ends()
    assert "closed" in str(texts(world.card()))


async def test_a_deletion_waits_while_dataverse_cannot_confirm_it(world: World) -> None:
    row = await connected(world)
    await world.delete("incidents", row)
    await world.until(lambda: len(world.event_answers) == 1)
    world.dataverse_is_down = True
    await world.window_ends()
    assert [each["ended_at"] for each in await world.rows_in(connection)] == [None]
    world.dataverse_is_down = False
    world.clock.advance(60)
    await world.settle()
    assert texts(world.card())[0] == "CAS-01001 was deleted in Dynamics 365 by Alex Wilber."


async def test_a_record_that_the_app_may_not_read_counts_as_existing(world: World) -> None:
    row = await connected(world)
    world.dataverse_refuses[f"incidents({row})"] = (403, {"error": {"code": "0x80040220", "message": "no"}})
    await world.tell(deletion(row))
    await world.window_ends()
    world.dataverse_refuses.clear()
    assert [each["ended_at"] for each in await world.rows_in(connection)] == [None]


@pytest.mark.parametrize(
    ("at", "ahead"),
    [
        ("/Date(4102444800000+0000)/", True),
        ("2100-01-01T00:00:00Z", True),
        ("{now + 301 s}", True),
        ("{now + 299 s}", False),
    ],
)
async def test_a_time_in_the_future_is_replaced_and_real_changes_still_count(
    world: World, capsys: pytest.CaptureFixture[str], at: str, ahead: bool
) -> None:
    row = await connected(world)
    for name, seconds in (("{now + 301 s}", 301), ("{now + 299 s}", 299)):
        at = at.replace(name, (world.clock.now() + timedelta(seconds=seconds)).isoformat())
    assert (await world.tell(change(row, OperationCreatedOn=at)))[0] == 202
    assert ("webhook.time_replaced" in capsys.readouterr().out) is ahead
    await world.window_ends()
    card = world.card()
    assert "→ **High**" in str(texts(card))
    assert "2100" not in str(card)
    world.clock.advance(60 if ahead else 600)
    await world.change({"prioritycode": 3})
    await world.window_ends()
    assert "→ **Low**" in str(texts(world.card()))


async def test_events_of_another_organization_are_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    row = await connected(world)
    await world.change({"prioritycode": 1})
    await world.window_ends()
    world.card()
    assert await remembered(world) == ORGANIZATION_ID
    status, answer = await world.tell(change(row, OrganizationId=ELSEWHERE))
    assert (status, answer["error"]["message"]) == (403, "The event is from another organization.")
    # A sender can repeat it as often as it likes, and the log gets one line a minute.
    for number in range(5):
        late = {
            "OperationCreatedOn": "2100-01-01T00:00:00Z",
            "OperationId": f"0e000000-0000-0000-0000-00000000000{number}",
        }
        assert (await world.tell(change(row, OrganizationId=ELSEWHERE)))[0] == 403
        assert (await world.tell(change(row, **late)))[0] == 202
    said = capsys.readouterr().out
    assert (said.count("webhook.wrong_organization"), said.count("webhook.time_replaced")) == (1, 1)
    await world.window_ends()
    await world.restart()
    assert (await world.tell(change(row, OrganizationId=ELSEWHERE)))[0] == 403
    assert len(await world.rows_in(inbox)) == 6
    assert await remembered(world) == ORGANIZATION_ID


@pytest.mark.parametrize("missing", [None, "", 5, "not an ID", {"Id": ORGANIZATION_ID}])
async def test_an_event_without_an_organization_is_refused(world: World, missing: object) -> None:
    status, answer = await world.tell(change(await connected(world), OrganizationId=missing))
    assert status == 400
    assert "OrganizationId" in answer["error"]["message"]
    assert await world.rows_in(inbox) == []


async def test_a_restored_environment_has_a_new_organization_and_dataverse_decides(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await connected(world)
    # Dataverse has the new value too: the search for missed changes, due in this minute, compares the two.
    await world.change({"prioritycode": 1})
    await world.window_ends()
    world.card()
    monkeypatch.setattr("bot.sandbox.dataverse.web_api.functions.ORGANIZATION_ID", RESTORED)
    world.clock.advance(61)  # what Dataverse said counts for a minute
    world.dataverse_is_down = True
    assert (await world.tell(change(row, OrganizationId=RESTORED, OperationId=None)))[0] == 503
    world.dataverse_is_down = False
    assert (await world.tell(change(row, OrganizationId=RESTORED, OperationId=None)))[0] == 202
    assert await remembered(world) == RESTORED
    # Events of the old organization are foreign now.
    assert (await world.tell(change(row)))[0] == 403
    await world.window_ends()
    assert world.nothing_was_said()  # the value is known


async def test_the_previous_key_is_accepted_until_it_is_removed(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    keys = {"webhook_key": SecretStr("another-key-that-nobody-guesses")}
    for previous, status in ((WEBHOOK_KEY, 200), ("", 401)):
        both = {**keys, "webhook_key_previous": SecretStr(previous)}
        world.settings = world.settings.model_copy(update=both)
        await world.restart()
        for key, expected in (("another-key-that-nobody-guesses", 200), (WEBHOOK_KEY, status), ("", 401)):
            async with world.session.post(f"{world.url}{EVENTS}?code={key}", json=context({"a": 1})) as answer:
                assert answer.status == expected


async def test_an_event_has_values_of_the_columns_types_and_names_only_rows_that_a_lookup_can_refer_to(
    world: World,
) -> None:
    page = await record_type_page(world)
    await request_page(world, page.step("Save", key_fields="prioritycode,customerid,resolveby"), chat=PERSONAL)
    row = await connected(world)
    hidden = await world.row("incidents", "CAS-01005")
    account = await world.row("accounts", "AC-1001", "accountnumber")
    user = await world.user_id(MEGAN)
    title, name = (
        await text_of(world, f"incidents({hidden})", "title"),
        await text_of(world, f"accounts({account})", "name"),
    )
    invented = "Refund of 50,000 EUR approved"

    async def told(image: dict[str, Any] | None = None, **values: Any) -> str:
        target = {"LogicalName": "incident", "Id": row, "Attributes": bag(**values)}
        images = bag(image={"Attributes": bag(**image)}) if image else []
        event = context(
            {}, PrimaryEntityId=row, InputParameters=bag(Target=target), PreEntityImages=images, OperationId=None
        )
        assert (await world.tell(event))[0] == 202
        await world.window_ends()
        said = str([texts(each) for each in world.connector.cards(GROUP)])
        world.connector.posts.clear()
        return said

    # Values of other types are not shown.
    assert invented not in await told(prioritycode=invented)
    assert invented not in await told(image={"prioritycode": invented}, prioritycode={"Value": 1})
    assert invented not in await told(resolveby=f"tomorrow, says {invented}")
    # Names in events are not shown, and those of other rows are not read.
    for table, other in (("incident", hidden), ("systemuser", user), ("role", ELSEWHERE), ("nothing", RESTORED)):
        said = await told(customerid={"LogicalName": table, "Id": other, "Name": invented})
        assert invented not in said
        assert title not in said
        assert MEGAN.name not in said
    assert name in await told(customerid={"LogicalName": "account", "Id": account})


async def test_a_forged_event_just_ahead_of_time_hides_no_real_change(world: World) -> None:
    row = await connected(world)
    ahead = f"{(world.clock.now() + timedelta(seconds=295)).replace(microsecond=0, tzinfo=None).isoformat()}Z"
    await world.tell(change(row, OperationCreatedOn=ahead, OperationId=None))
    await world.window_ends()
    world.connector.posts.clear()
    await world.change({"prioritycode": 3})
    await world.window_ends()
    assert "Priority: Normal → **Low**" in texts(world.card())
