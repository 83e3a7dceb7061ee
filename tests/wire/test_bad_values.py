"""One value, row, record, or chat that cannot be read harms nothing beside it."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.sandbox.teams.channels import TEAM_ID
from bot.store.tables import PENDING, inbox, record_type
from tests.dataverse.samples import bag, context, row, typed
from tests.steps.new_chats import inputs
from tests.steps.private_views import private_view
from tests.steps.records import create
from tests.wire.people import ADELE, Somebody
from tests.wire.world import API, GROUP, OTHER_GROUP, World, texts

pytestmark = pytest.mark.one_database

SECRET = "Zwiebelfisch-4711"
HALF = {b"Pump vibrates": rb"Pump \ud83d vibrates"}
NO_ANSWER: tuple[int, object] = (500, {})
HIGH, LOW = 1, 3
WRONG = "Something went wrong"


async def connected(world: World, *numbers: str, chat: str = GROUP) -> None:
    for number in numbers:
        await world.say(f"connect {number} quiet", chat=chat)
        await world.settle()
        world.card(chat)


async def key_fields(world: World, table: str, *columns: str) -> None:
    """Make the columns key fields of the table, and show no note."""
    values = {"notify": True, "key_fields": list(columns)}
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == table).values(values))
    await world.restart()


async def account(world: World, name: str) -> str:
    """Connect the chat to a new account, and return its row ID."""
    row_id = await create(world, "accounts", {"name": name})
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={row_id} quiet")
    await world.settle()
    world.card()
    return row_id


async def rename(world: World, row_id: str, name: str) -> None:
    async with world.session.patch(f"{world.sandbox}{API}/accounts({row_id})", json={"name": name}) as answer:
        assert answer.status == 204, await answer.text()


async def test_half_an_emoji_in_a_title_is_replaced_everywhere(world: World) -> None:
    world.dataverse_says = HALF
    results = await world.type_in("records", "vibrates")
    assert any("Pump \ufffd vibrates" in title for title in results)
    await world.say("connect CAS-01001")
    await world.settle()
    assert "Pump \ufffd vibrates after firmware update" in texts(world.card())
    (unfurled,) = await world.paste(await world.link())
    assert "Pump \ufffd vibrates after firmware update" in texts(unfurled["content"])
    assert "Pump \ufffd vibrates after firmware update" in texts(await private_view(world, "records"))


async def test_half_an_emoji_in_a_name_or_a_label_is_replaced_everywhere(world: World) -> None:
    """Cover names of Graph, formatted values, rows in batches, senders of messages, and names in addresses."""
    world.dataverse_says = HALF | {
        b"Adele Vance": rb"Adele \ud83d Vance",
        b':"Normal"': rb':"Nor\ud83dmal"',
        b"Tier 2": rb"Tier\ud83d 2",
    }
    titles = await world.type_in("people", "ade")
    assert titles == ["Adele \ufffd Vance · Service Representative"]
    card = await private_view(world, "suggest CAS-01001")
    assert any("Adele \ufffd Vance" in line for line in texts(card))
    world.connector.posts.clear()
    sender = Somebody("Alex \ud83d Wilber", 20)
    await world.say("connect CAS-01001 quiet", person=sender)
    await world.settle()
    assert "\ud83d" not in json.dumps(world.card(), ensure_ascii=False)
    await world.change({"prioritycode": HIGH}, by=ADELE)
    await world.window_ends()
    said = texts(world.card())
    assert "Priority: Nor\ufffdmal → **High**" in said
    assert any(line.startswith("Adele \ufffd Vance") for line in said)
    # Missed changes are read in batches.
    await world.switch_webhook(on=False)
    await world.change({"prioritycode": 2}, told=False)
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: bool(world.connector.posts.get(GROUP)))
    await world.settle()
    assert "Priority: High → **Nor\ufffdmal**" in texts(world.card())


def event(row_id: str, **values: object) -> dict[str, Any]:
    """Return an event of the case, which has no operation ID, so that each is another event."""
    return context({}, PrimaryEntityId=row_id, OperationId=None, InputParameters=bag(Target=row(bag(**values))))


DEEP = json.loads("[" * 80 + "]" * 80)
VALUES: dict[str, object] = {
    "half an emoji": "Pump \ud83d",
    "a zero": "Pump \x00",
    "open markup": f"<div>{SECRET}</div><![ 4711 {SECRET}",
    "nested markup": "<div>" * 10_000,
    "a long number of a character": "&#" + "1" * 5_000 + ";",
    "lists in lists": DEEP,
    "an unknown type": typed("Something", A={"b": [DEEP]}),
    "a number without end": 1e308,
    "a time before all times": "/Date(-99999999999999)/",
    "a reference to nobody": typed("EntityReference", Id="x", LogicalName=5),
    "an option that is a text": typed("OptionSetValue", Value="high"),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
async def test_no_value_in_an_event_stops_the_other_columns(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], value: object
) -> None:
    await key_fields(world, "incident", "description", "prioritycode")
    await connected(world, "CAS-01001")
    changed = event(
        await world.row("incidents"),
        description=value,
        prioritycode=typed("OptionSetValue", Value=HIGH),
        **{"of nobody": value, "title": value},
    )
    with caplog.at_level(logging.INFO):
        status, _ = await world.tell(changed)
        assert status == 202
        await world.window_ends()
    assert "Normal → **High**" in " ".join(texts(world.card()))
    assert SECRET not in caplog.text + capsys.readouterr().out


async def test_a_text_of_an_event_is_read_only_for_a_key_field(world: World) -> None:
    await connected(world, "CAS-01001")
    rich = "<p>" + "word " * 1_000
    await world.tell(event(await world.row("incidents"), description=rich, title=rich, prioritycode=HIGH))
    (kept,) = await world.rows_in(inbox)
    assert [change["column"] for change in kept["body"]["changes"]] == ["prioritycode"]
    await world.window_ends()
    world.card()


async def test_html_of_a_key_field_is_shown_as_text(world: World) -> None:
    await key_fields(world, "incident", "cs_analysis")
    await connected(world, "CAS-01001")
    for analysis, shown in (
        ("<style>" + "p { color: red } " * 1_100 + "</style><p>The pump leaks</p>", "The pump leaks"),
        ("<table><tr><td>Price</td><td>40</td></tr></table>", "Price 40"),
        (f"<div>hello</div><![ 4711 {SECRET}", f"hello <![ 4711 {SECRET}"),
        ("<a " * 6_000, "<a " * 20),
    ):
        await world.change({"cs_analysis": analysis}, told=False)
        await world.tell(event(await world.row("incidents"), cs_analysis=analysis))
        await world.window_ends()
        assert shown in " ".join(texts(world.card())).replace("&lt;", "<").replace("**", "").replace("\\", "")


async def test_a_description_that_no_parser_likes_stops_neither_connecting_nor_personal_cards(world: World) -> None:
    await key_fields(world, "incident", "description")
    broken = f"<div>hello</div><![ 4711 {SECRET}"
    await world.change({"description": broken}, told=False)
    await world.say("connect CAS-01001")
    await world.settle()
    assert WRONG not in str(texts(world.card()))
    (unfurled,) = await world.paste(await world.link(), person=ADELE)
    assert WRONG not in str(unfurled)


async def test_catching_up_tells_of_the_other_records_and_names_the_one_that_cannot_be_read(world: World) -> None:
    await key_fields(world, "account", "name")
    await connected(world, "CAS-01001", "CAS-01002")
    await account(world, "Contoso Pumps")
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    await world.change({"prioritycode": LOW}, number="CAS-01002", told=False)
    # The JSON of one row is broken, and the definition of another table cannot be read.
    world.dataverse_says = {b'"ticketnumber":"CAS-01002"': b'"ticketnumber":'}
    world.dataverse_refuses["EntityDefinitions(LogicalName='account')"] = NO_ANSWER
    await world.start()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    said = texts(world.card())
    assert said[0] == "While I was away"
    assert "Priority: Normal → **High**" in said
    unreadable = "Contoso Pumps and CAS-01002 cannot be read at the moment. Open them to see what changed."
    assert unreadable in said
    # Later, the other record can be read.
    world.dataverse_says, world.dataverse_refuses = {}, {}
    world.clock.advance(15 * 60)
    await world.until(lambda: world.connector.posts.get(GROUP))
    said = texts(world.card())
    assert "Case · CAS-01002" in said
    assert not any("cannot be read" in each for each in said)


async def due_again(world: World) -> datetime:
    """Wait until nothing is due; return when the records that cannot be read are read again."""
    await world.settle()
    (row,) = await world.rows_in(inbox, inbox.c.state == PENDING)
    due_at: datetime = row["due_at"]
    return due_at


async def test_a_record_that_cannot_be_read_is_read_again_less_and_less_often_and_told_in_the_end(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await world.stop()
    await world.change({"prioritycode": LOW}, number="CAS-01002", told=False)
    world.dataverse_says = {b'"ticketnumber":"CAS-01002"': b'"ticketnumber":'}
    await world.start()
    world.clock.advance(5)
    await world.looked_through("incident")
    for minutes in (15, 30, 60, 120, 240, 480, 960, 1440, 1440):
        wait = await due_again(world) - world.clock.now()
        assert timedelta(minutes=minutes) / 2 <= wait <= timedelta(minutes=minutes)
        world.clock.advance(wait.total_seconds())
    assert world.nothing_was_said()
    # News of the other record do not wait for it, and its next attempt is soon again.
    far = await due_again(world)
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    await world.start()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    said = texts(world.card())
    assert "Priority: Normal → **High**" in said
    assert "CAS-01002 cannot be read at the moment. Open it to see what changed." in said
    world.dataverse_says = {}
    assert await due_again(world) > world.clock.now()
    world.clock.advance((max(far, await due_again(world)) - world.clock.now()).total_seconds())
    await world.until(lambda: world.connector.posts.get(GROUP))
    await world.settle()
    assert "Case · CAS-01002" in texts(world.card())


async def test_a_table_that_cannot_be_searched_does_not_hide_the_others(world: World) -> None:
    world.dataverse_refuses["/accounts?"] = NO_ANSWER
    found = await world.type_in("records", "vibrates")
    assert any("CAS-01001" in title for title in found)
    # If nothing else matches, the person learns that the search failed.
    await world.say("connect no such words anywhere")
    assert texts(world.card())[0] == "Dynamics 365 is not responding."


async def test_a_record_that_cannot_be_read_does_not_hide_the_others(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    world.dataverse_refuses[f"/incidents({await world.row('incidents', 'CAS-01002')})"] = NO_ANSWER
    for command in ("records", "status"):
        said = texts(await private_view(world, command))
        assert "Case · CAS-01001" in said
        assert "You cannot open 1 more record." in said


async def test_channels_of_a_team_that_cannot_be_listed_do_not_hide_those_of_others(world: World) -> None:
    team = {"id": "00000000-0000-0000-0000-00000000dead", "displayName": "Another team"}
    world.dataverse_says = {
        b'"value":[{"id":"' + TEAM_ID.encode(): b'"value":[%b,{"id":"%b' % (json.dumps(team).encode(), TEAM_ID.encode())
    }
    page = await world.ask_page({"dialog": "connectChannel"}, person=ADELE)
    titles = [each["title"] for each in inputs(page)["channel"]["choices"]]
    assert titles == ["Field Service · General", "Field Service · Pumps"]


async def test_a_link_without_its_table_is_found_although_a_table_cannot_be_read(world: World) -> None:
    row_id = await world.row("incidents")
    world.dataverse_refuses["/accounts("] = NO_ANSWER
    data = {"environment": "localhost/sandbox", "row": row_id}
    answer = await world.press({"verb": "view", "data": data}, person=ADELE)
    assert "CAS-01001" in texts(answer["value"])


async def test_a_table_that_cannot_be_checked_does_not_stop_the_search_for_missed_changes(world: World) -> None:
    await key_fields(world, "account", "name")
    await connected(world, "CAS-01001", chat=OTHER_GROUP)
    row_id = await account(world, "Contoso Pumps")
    await world.stop()
    await rename(world, row_id, "Contoso Valves")
    await world.change({"prioritycode": HIGH}, told=False)
    world.dataverse_refuses["/incidents?"] = NO_ANSWER
    await world.start()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert any("Contoso Valves" in each for each in texts(world.card()))
    assert world.nothing_was_said(OTHER_GROUP)
    world.dataverse_refuses.clear()
    world.clock.advance(15 * 60)
    await world.until(lambda: world.connector.posts.get(OTHER_GROUP))
    assert "Priority: Normal → **High**" in texts(world.card(OTHER_GROUP))


async def test_stored_work_that_cannot_be_read_stops_no_other_record(world: World) -> None:
    await connected(world, "CAS-01001")
    await connected(world, "CAS-01002", chat=OTHER_GROUP)
    await world.change({"prioritycode": HIGH}, number="CAS-01001")
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(inbox).values(body={"of": "a later version"}))
    await world.change({"prioritycode": LOW}, number="CAS-01002")
    await world.window_ends()
    assert any("**Low**" in each for each in texts(world.card(OTHER_GROUP)))
    (stuck,) = await world.rows_in(inbox, inbox.c.reason.is_not(None))
    assert stuck["reason"].startswith("NotSupported: This version of Chat Sync cannot read stored work.")
    await world.forget(inbox)
