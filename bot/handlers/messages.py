"""Text commands."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bot.domain.errors import BadRequest, NotFound
from bot.domain.surface import QUIET, USAGE, Command, Verb
from bot.domain.values import ChatKind, Connection, RecordRef
from bot.handlers.incoming import Incoming
from bot.handlers.translate import other_in
from bot.usecases.answers import Answer, called, record_claim
from bot.usecases.chat_status import TellStatus
from bot.usecases.connect_chat import ConnectChat, Note
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.find_connections import FindConnections
from bot.usecases.find_records import SHOWN, FindRecords, Hit
from bot.usecases.list_chats import ListChats
from bot.usecases.list_records import ListRecords
from bot.usecases.list_suggestions import ListSuggestions
from bot.usecases.list_timeline import ListTimeline
from bot.usecases.offer_chat import OfferChat
from bot.usecases.offer_settings import OfferSettings
from cards.buttons import Press
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.help import HelpView, help_card
from cards.message import Message

Work = Callable[[Incoming, str], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What is to be done with the one of several records that somebody chooses."""

    command: Command
    asked: str
    press: Press


_CONNECT = _Choice(
    command=Command.CONNECT,
    asked="Which record should this chat be connected to?",
    press=Press(title="Connect", verb=Verb.CONNECT, payload={}),
)
_CONNECT_QUIETLY = replace(_CONNECT, press=replace(_CONNECT.press, payload={QUIET: QUIET}))
_CHATS = _Choice(
    command=Command.CHATS,
    asked="The chats of which record?",
    press=Press(title="Show chats", verb=Verb.CHATS, payload={}),
)
_TIMELINE = _Choice(
    command=Command.TIMELINE,
    asked="The timeline of which record?",
    press=Press(title="Show timeline", verb=Verb.TIMELINE, payload={}),
)
_PEOPLE = _Choice(
    command=Command.SUGGEST,
    asked="People for which record?",
    press=Press(title="Show people", verb=Verb.SUGGEST, payload={}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What people can write to the bot."""

    find: FindRecords
    find_connections: FindConnections
    connect: ConnectChat
    disconnect: DisconnectChat
    list_records: ListRecords
    list_chats: ListChats
    list_timeline: ListTimeline
    list_suggestions: ListSuggestions
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
            Command.SUGGEST: self._suggest,
            Command.RECORDS: self._records,
            Command.CHATS: self._chats,
            Command.TIMELINE: self._timeline,
            Command.JOIN: self._chats,
            Command.STATUS: self._status,
            Command.NEW: self._new,
            Command.SETTINGS: self._settings,
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
        record = await self._named(asked, incoming, _CONNECT_QUIETLY if quiet else _CONNECT)
        if isinstance(record, Answer):
            return record
        if incoming.chat.kind is ChatKind.PERSONAL:
            other = other_in(incoming.chat, incoming.person)
            return await self.offer_chat.instead(incoming.person, record, other)
        wanted = Note.NONE if quiet else Note.ASK
        return await self.connect(incoming.chat, incoming.person, record, note=wanted)

    async def _chats(self, incoming: Incoming, rest: str) -> Answer:
        asked = rest or await self._only_record(incoming)
        record = await self._named(asked, incoming, _CHATS)
        return record if isinstance(record, Answer) else await self.list_chats(incoming.person, record)

    async def _timeline(self, incoming: Incoming, rest: str) -> Answer:
        asked = rest or await self._only_record(incoming)
        record = await self._named(asked, incoming, _TIMELINE)
        return record if isinstance(record, Answer) else await self.list_timeline(incoming.person, record)

    async def _suggest(self, incoming: Incoming, rest: str) -> Answer:
        asked = rest or await self._only_record(incoming)
        record = await self._named(asked, incoming, _PEOPLE)
        if isinstance(record, Answer):
            return record
        return await self.list_suggestions(incoming.chat, incoming.person, record)

    async def _only_record(self, incoming: Incoming) -> str:
        """What people call the one record of the chat; empty where there is none, or more."""
        connections = await self.find_connections.of_chat(incoming.chat)
        return called(connections[0]) if len(connections) == 1 else ""

    async def _named(self, asked: str, incoming: Incoming, what: _Choice) -> RecordRef | Answer:
        """The record that is meant by its link, number or words; or the choice between several."""
        if not asked:
            raise BadRequest("Which record?", f"Write {what.command} and its number, its link or a few words.")
        record = await self.find.by_link(asked)
        if record:
            return record
        hits = await self.find.by_words(asked, incoming.person)
        if not hits:
            raise NotFound("No record fits these words.", "Check the number, or paste the record's link.")
        return _choose_record(hits, what) if len(hits) > 1 else hits[0].record

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


def _choose_record(hits: Sequence[Hit], what: _Choice) -> Answer:
    rows = tuple(_record_row(hit, what) for hit in hits[:SHOWN])
    hint = "Not among them? Write more of its name, or its number."
    return Answer(message=choice(ChoiceView(asked=what.asked, rows=rows, more=0, hint=hint)))


def _record_row(hit: Hit, what: _Choice) -> ChoiceRow:
    press = replace(what.press, payload={**record_claim(hit.record), **what.press.payload})
    detail = " · ".join(each for each in (hit.detail, hit.place) if each)
    return ChoiceRow(kind=hit.kind, name=hit.name, number=hit.number, detail=detail, press=press)


def _choose_connection(connections: Sequence[Connection]) -> Answer:
    rows = tuple(_connection_row(connection) for connection in connections[:SHOWN])
    more = max(0, len(connections) - SHOWN)
    hint = "Write disconnect and the record's number to name it."
    view = ChoiceView(asked="Which record should this chat be disconnected from?", rows=rows, more=more, hint=hint)
    return Answer(message=choice(view))


def _connection_row(connection: Connection) -> ChoiceRow:
    claim = {"connection": str(connection.id)}
    press = Press(title="Disconnect", verb=Verb.DISCONNECT, payload=claim)
    detail = f"Connected by {connection.connector_name}"
    return ChoiceRow(kind="", name=connection.record_name, number=connection.record_number, detail=detail, press=press)
