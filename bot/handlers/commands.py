"""Text commands."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.public_names import QUIET, USAGE, Command, Verb
from bot.domain.values import ChatKind, Connection
from bot.features.chat_lists.commands import RecordLists
from bot.features.connections.connect_chat import ConnectChat, Note
from bot.features.connections.disconnect_chat import DisconnectChat
from bot.features.connections.find_connections import FindConnections
from bot.features.connections.list_records import ListRecords
from bot.features.new_chats.offer_chat import OfferChat
from bot.features.operations.chat_status import TellStatus
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, NAMED, Wanted, WhichRecord
from bot.features.record_search.find_records import SHOWN, looked_for
from bot.features.settings.offer_settings import OfferSettings
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import offered_alone
from bot.features.shared.turn import Incoming, other_in
from cards.buttons import ActionButton
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.help import HelpView, help_card
from cards.message import Message

Work = Callable[[Incoming, str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What people can write to the bot."""

    which: WhichRecord
    find_connections: FindConnections
    connect: ConnectChat
    disconnect: DisconnectChat
    list_records: ListRecords
    lists: RecordLists
    tell_status: TellStatus
    offer_chat: OfferChat
    offer_settings: OfferSettings

    async def __call__(self, incoming: Incoming, text: str) -> Answer:
        """The answer to the command; help where the first word is none."""
        word, _, rest = text.partition(" ")
        work: Mapping[str, Work] = {
            Command.HELP: self._help,
            Command.CONNECT: self._connect,
            Command.DISCONNECT: self._disconnect,
            Command.RECORDS: self._records,
            Command.JOIN: self.lists.work[Command.CHATS],
            Command.STATUS: self._status,
            Command.NEW: self._new,
            Command.SETTINGS: self._settings,
            **self.lists.work,
        }
        return await work.get(word.lower(), self._help)(incoming, rest.strip())

    async def _help(self, _incoming: Incoming, _rest: str) -> Answer:
        return Answer(message=_help_for_everybody())

    async def _records(self, incoming: Incoming, _rest: str) -> Answer:
        return await self.list_records(incoming.chat, incoming.person)

    async def _status(self, incoming: Incoming, _rest: str) -> Answer:
        return await self.tell_status(incoming.chat, incoming.person)

    async def _new(self, incoming: Incoming, _rest: str) -> Answer:
        other = other_in(incoming.chat, incoming.person)
        return await self.offer_chat.plain(incoming.person, other)

    async def _settings(self, incoming: Incoming, rest: str) -> Answer:
        return await self.offer_settings(incoming.person, rest)

    async def _connect(self, incoming: Incoming, rest: str) -> Answer:
        asked, quiet = _without_quiet(rest)
        wanted = CONNECT_QUIETLY if quiet else CONNECT
        record = await self.which(asked, incoming.person, wanted)
        if isinstance(record, Answer):
            # Its rows are records that this person can see, and others in the chat perhaps not.
            return record if incoming.private else _choose_alone(incoming, asked, wanted)
        if incoming.chat.kind is ChatKind.PERSONAL:
            other = other_in(incoming.chat, incoming.person)
            return await self.offer_chat.instead(incoming.person, record, other)
        return await self.connect(incoming.chat, incoming.person, record, note=Note.NONE if quiet else Note.ASK)

    async def _disconnect(self, incoming: Incoming, rest: str) -> Answer:
        connections = await self.find_connections.by_words(incoming.chat, rest)
        if len(connections) > 1:
            return _choose_connection(connections)
        return await self.disconnect(incoming.chat, incoming.person, connections[0])


@cache
def _help_for_everybody() -> Message:
    return help_card(HelpView(commands=tuple(USAGE.values())))


def _without_quiet(rest: str) -> tuple[str, bool]:
    """What is to be connected, and whether without a note."""
    before, _, last = rest.rpartition(" ")
    return (before.strip(), True) if last.lower() == QUIET else (rest, False)


def _choose_alone(incoming: Incoming, asked: str, wanted: Wanted) -> Answer:
    claim = {**wanted.press.payload, NAMED: looked_for(asked)}
    return offered_alone(incoming, wanted.asked, ActionButton(title="Show records", verb=Verb.CHOOSE, payload=claim))


def _choose_connection(connections: Sequence[Connection]) -> Answer:
    rows = tuple(_connection_row(connection) for connection in connections[:SHOWN])
    more = max(0, len(connections) - SHOWN)
    hint = "Write disconnect and the record's number to name it."
    view = ChoiceView(question="Which record should this chat be disconnected from?", rows=rows, more=more, hint=hint)
    return Answer(message=choice(view))


def _connection_row(connection: Connection) -> ChoiceRow:
    claim = {"connection": str(connection.id)}
    press = ActionButton(title="Disconnect", verb=Verb.DISCONNECT, payload=claim)
    detail = f"Connected by {connection.connector_name}"
    return ChoiceRow(kind="", name=connection.record_name, number=connection.record_number, detail=detail, button=press)
