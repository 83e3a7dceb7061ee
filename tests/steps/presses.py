"""Every button of the product, with data that works for its person, to press it rightly or wrongly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot.domain.posted_cards import CardChange, CardRecord, CatchUpContent, CatchUpRecord
from bot.domain.posted_cards import NewCard as StoredCard
from bot.domain.public_names import Verb
from bot.domain.record_actions import digest
from bot.domain.reported_change import ReportedColumn
from bot.domain.values import ChatId, EnvironmentId, RecordRef
from bot.store import tables
from bot.store.tables import audit, chat_activity, connection, told_change
from bot.store.unit_of_work import Store
from tests.steps.members import create_chat
from tests.steps.new_chats import press as step
from tests.steps.new_chats import selection
from tests.steps.record_actions import ALL, FIELDS, read_case
from tests.steps.records import SECRET_CASE, set_record_type
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import OTHER_GROUP, World

SECRET_TOPIC = "Takeover of Northwind"
"""The name of the chat about a case that Patti cannot open."""

_STATE = (
    *(tables.connection, tables.outbox, tables.audit, tables.record_type, tables.environment, tables.setting_change),
    *(tables.new_chat, tables.chat_activity, tables.sync_job, tables.field_value, tables.told_change),
    *(tables.chat_rules, tables.connection_rules),
)
"""Tables that no refused button changes. Others have the addresses of chats, leases, and times of posts."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A record and its connections, as buttons name them."""

    chat: str
    number: str
    row: str
    connection: str
    """The active connection."""
    ended: str
    """A connection that ended just now, and can be undone."""
    change: str
    """A reported change."""
    card: str
    """A card about several records."""
    title: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Two connected cases: Patti can open only the first one."""

    own: Target
    hidden: Target
    free_row: str
    """A case without a chat."""
    free_chat: str
    """A chat of Adele without a record."""


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button, the rightful person, and what the audit calls the press; nothing if it only shows something."""

    verb: str
    acts: tuple[str, ...] = ()
    person: Somebody = ADELE
    name: str = ""
    """Distinguishes buttons with the same verb."""
    names_connection: bool = False
    """True if the button names a connection."""

    def __str__(self) -> str:
        return f"{self.verb} {self.name}".strip()


PRESSES = (
    *(Press(verb=verb) for verb in (Verb.CANCEL, Verb.CHOOSE, Verb.VIEW, Verb.VIEW_CHANGE, Verb.MY_CHATS)),
    *(Press(verb=verb) for verb in (Verb.VIEW_LIVE_CARD, Verb.VIEW_SUMMARY)),
    *(Press(verb=verb) for verb in (Verb.CHATS, Verb.TIMELINE, Verb.SUGGEST)),
    *(Press(verb=verb) for verb in (Verb.RECORDS, Verb.STATUS, Verb.CHOOSE_DISCONNECT, Verb.CHOOSE_MUTE)),
    Press(verb=Verb.KEEP_CONNECTED, names_connection=True),
    *(Press(verb=Verb.UPDATE, name=name) for name in ("", "fields", "note", "resolution")),
    Press(verb=Verb.RESUME_SYNC, acts=("resume sync",), names_connection=True),
    Press(verb=Verb.MUTE, acts=("mute",), names_connection=True),
    Press(verb=Verb.UNMUTE, acts=("unmute",), names_connection=True),
    Press(verb=Verb.CONNECT, acts=("connect",)),
    Press(verb=Verb.CONNECT, acts=("install app", "connect"), name="into another chat"),
    Press(verb=Verb.ADD_OWNER, acts=("add person",), names_connection=True),
    Press(verb=Verb.UPDATE, acts=("on card: change",), name="save fields"),
    Press(verb=Verb.UPDATE, acts=("on card: assign",), name="assign"),
    Press(verb=Verb.UPDATE, acts=("on card: note",), name="save note"),
    Press(verb=Verb.UPDATE, acts=("on card: resolve",), name="resolve"),
    Press(verb=Verb.ADD_PERSON, acts=("add person",)),
    Press(verb=Verb.REMOVE_PERSON, acts=("remove person",)),
    Press(verb=Verb.JOIN, acts=("join",), person=ALEX, names_connection=True),
    Press(verb=Verb.UNDO_DISCONNECT, acts=("undo disconnect",), names_connection=True),
    Press(verb=Verb.DISCONNECT, acts=("disconnect",), names_connection=True),
)
"""Every button, in an order in which the rightful person can press all of them."""


async def prepare(world: World) -> Scene:
    """Connect chats to both cases, so that every button works."""
    await set_record_type(world, card_acts=ALL, change_fields=FIELDS, join=True, tell_each=True)
    hidden = await _chat_about(world, SECRET_CASE, SECRET_TOPIC)
    own = await _chat_about(world, "CAS-01001", "Pump")
    free_chat = await create_chat_without_record(world)
    ended = [await _ended(world, own, number) for number in ("CAS-01002", SECRET_CASE)]
    for number in ("CAS-01001", SECRET_CASE):
        await world.change({"prioritycode": 1}, number=number)
    await world.window_ends()
    await _give_to(world, "CAS-01001", ISAIAH)
    await world.window_ends()
    async with world.engines.writing.begin() as begun:
        long_ago = world.clock.now() - timedelta(days=30)
        await begun.execute(update(chat_activity).values(active_at=long_ago))
    world.connector.posts.clear()
    # Patti and Lynne are in the chat by the roster of Teams. Isaiah and Alex are not.
    world.connector.members[own] += [PATTI.account_id, LYNNE.account_id]
    world.connector.members[OTHER_GROUP] = [MEGAN.account_id, ALEX.account_id]
    await world.forget(audit)
    return Scene(
        own=await _target(world, own, "CAS-01001", ended[0]),
        hidden=await _target(world, hidden, SECRET_CASE, ended[1]),
        free_row=await world.row("incidents", "CAS-01003"),
        free_chat=free_chat,
    )


async def data(world: World, scene: Scene, press: Press, target: Target) -> dict[str, str]:
    """Return the data of the button for this target."""
    record = {"environment": "localhost/sandbox", "table": "incident", "row": target.row}
    free = {**record, "row": scene.free_row if target is scene.own else target.row, "quiet": "quiet"}
    match press.verb:
        case Verb.CONNECT:
            return {**free, "into": scene.free_chat} if press.name else free
        case Verb.UPDATE:
            return {**record, **await _update(world, press.name, target.number)}
        case Verb.CHOOSE:
            return {"named": target.number}
        case Verb.VIEW_CHANGE | Verb.VIEW_SUMMARY:
            return {"change": target.change, "card": target.card}
        case Verb.ADD_PERSON:
            return {"person": PATTI.object_id}
        case Verb.REMOVE_PERSON:
            return {"person": MEGAN.object_id}
        case Verb.UNDO_DISCONNECT:
            return {"connection": target.ended}
        case _:
            span = {"span": "1h"} if press.verb == Verb.MUTE else {}
            return {"connection": target.connection, **span} if press.names_connection else record


async def send(
    world: World,
    press: Press,
    values: Mapping[str, str],
    *,
    person: Somebody,
    chat: str,
    trigger: str = "manual",
) -> dict[str, Any]:
    """Press the button; return the body of the response."""
    action = {"type": "Action.Execute", "verb": press.verb, "data": values}
    value = {"action": action, "trigger": trigger}
    status, body = await world.post(
        world.activity(chat, person, type="invoke", name="adaptiveCard/action", value=value)
    )
    assert status == 200
    answer: dict[str, Any] = body
    return answer


async def state(world: World) -> Sequence[object]:
    """Return what buttons can change: the store of the bot, and all rows of Dataverse and Graph."""
    return [world.teams.rows.version, *[list(await world.rows_in(table)) for table in _STATE]]


async def create_chat_without_record(world: World) -> str:
    before = set(world.made_chats())
    page = await world.ask_page({"dialog": "newChat"}, person=ADELE, name="task/fetch")
    page = await step(world, page, "Next", person=ADELE, record="")
    await step(world, page, "Create chat", person=ADELE, others=selection(ISAIAH), name="Lunch")
    (chat,) = set(world.made_chats()) - before
    return chat


async def _chat_about(world: World, number: str, topic: str) -> str:
    chat = await create_chat(world, topic, number)
    world.connector.members[chat] = [person.account_id for person in (ADELE, MEGAN)]
    return chat


async def _ended(world: World, chat: str, number: str) -> str:
    """Connect the case to the chat and disconnect it; return the ID of the connection."""
    for command in (f"connect {number} quiet", f"disconnect {number}"):
        await world.say(command, person=ADELE, chat=chat)
        await world.settle()
    (row,) = await world.rows_in(
        connection, connection.c.ended_at == world.clock.now(), connection.c.record_number == number
    )
    return str(row["public_id"])


async def _give_to(world: World, number: str, person: Somebody) -> None:
    await world.change({"ownerid@odata.bind": f"/systemusers({await world.user_id(person)})"}, number=number)


async def _target(world: World, chat: str, number: str, ended: str) -> Target:
    row = await world.row("incidents", number)
    here = (connection.c.chat_id == chat, connection.c.row_id == row, connection.c.ended_at.is_(None))
    (active,) = await world.rows_in(connection, *here)
    changes = await world.rows_in(told_change, told_change.c.chat_id == chat)
    return Target(
        chat=chat,
        number=number,
        row=row,
        connection=active["public_id"],
        ended=ended,
        change=changes[0]["key"],
        card=await _card(world, chat, row, active["record_name"]),
        title=active["record_name"],
    )


async def _card(world: World, chat: str, row: str, title: str) -> str:
    """Store a card about several records; return its number."""
    ref = RecordRef(environment=EnvironmentId("localhost/sandbox"), table="incident", row_id=row)
    told = ReportedColumn(name="prioritycode", label="Priority", old="Normal", new="High", raw=1)
    about = CardRecord(ref=ref, kind="Case", name=title, number=None)
    at = world.clock.now()
    record = CatchUpRecord(record=about, changes=(CardChange(column=told, at=at),))
    content = CatchUpContent(title="Digest", lead="", at=at, records=(record,))
    new = StoredCard(chat_id=ChatId(chat), connection_id=None, content=content, due_at=None)
    async with Store(world.engines, lambda _: None).writing() as work:
        return str(await work.posted_cards.add_unedited(new, at=at))


async def _update(world: World, act: str, number: str) -> dict[str, str]:
    """Return the data of the action on the case as it is now."""
    case = await read_case(world, number)
    priority = str(case["prioritycode"])
    filled_in = {
        "save fields": {"field prioritycode": "3", "mark prioritycode": digest(priority)},
        "save note": {"text": "Called the customer.", "wish": "00000000-0000-4000-8000-00000000cafe"},
        "resolve": {"reason": "5", "words": "Replaced the bearing."},
    }
    return {"act": act, "version": case["@odata.etag"], **filled_in.get(act, {})}
