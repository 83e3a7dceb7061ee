"""Buttons on cards. What a button carries is a claim: it names what is meant, and every right is checked again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.record_links import Links, guid
from bot.domain.surface import AUDIENCE, INTO, PERSON, QUIET, Verb
from bot.domain.values import ConnectionId, ObjectId
from bot.handlers.claims import Claims, record_in, unknown_button
from bot.handlers.incoming import Incoming
from bot.handlers.translate import PressedButton
from bot.usecases.add_owner import AddOwner
from bot.usecases.answers import Answer, called
from bot.usecases.change_members import ChangeMembers
from bot.usecases.connect_chat import ConnectChat, Note
from bot.usecases.connect_elsewhere import ConnectElsewhere
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.find_connections import FindConnections
from bot.usecases.join_chat import JoinChat
from bot.usecases.list_chats import ListChats
from bot.usecases.list_my_chats import ListMyChats
from bot.usecases.list_suggestions import ListSuggestions
from bot.usecases.undo_disconnect import UndoDisconnect
from cards.chat_list import BEGIN, WORDS
from cards.notice import NoticeView, notice

Work = Callable[[Incoming, Claims], Awaitable[Answer]]

_LARGEST_ID = 2**63
_LONGEST_BEGIN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """What people can press on the bot's cards."""

    links: Links
    find_connections: FindConnections
    connect: ConnectChat
    connect_elsewhere: ConnectElsewhere
    disconnect: DisconnectChat
    add_owner: AddOwner
    undo_disconnect: UndoDisconnect
    list_chats: ListChats
    list_my_chats: ListMyChats
    list_suggestions: ListSuggestions
    change_members: ChangeMembers
    join: JoinChat

    async def __call__(self, incoming: Incoming, pressed: PressedButton) -> Answer:
        """The answer to the press; raises `BadRequest` for a button that is none of ours."""
        work: Mapping[str, Work] = {
            Verb.CONNECT: self._connect,
            Verb.CANCEL: self._cancel,
            Verb.ADD_PERSON: self._add_person,
            Verb.REMOVE_PERSON: self._remove_person,
            Verb.SUGGEST: self._suggest,
            Verb.CHATS: self._chats,
            Verb.JOIN: self._join,
            Verb.MY_CHATS: self._my_chats,
            Verb.DISCONNECT: self._disconnect,
            Verb.UNDO_DISCONNECT: self._undo_disconnect,
            Verb.KEEP_CONNECTED: self._keep_connected,
            Verb.ADD_OWNER: self._add_owner,
        }
        if pressed.verb not in work:
            raise unknown_button()
        return await work[pressed.verb](incoming, pressed.claims)

    async def _connect(self, incoming: Incoming, claims: Claims) -> Answer:
        record = record_in(claims, self.links)
        if INTO in claims:
            return await self.connect_elsewhere(
                incoming.chat, incoming.person, record, claims[INTO], note=_note(claims)
            )
        return await self.connect(incoming.chat, incoming.person, record, note=_note(claims))

    async def _cancel(self, _incoming: Incoming, _claims: Claims) -> Answer:
        return Answer(message=notice(NoticeView(text="Nothing was done.")))

    async def _chats(self, incoming: Incoming, claims: Claims) -> Answer:
        record, words, begin = record_in(claims, self.links), claims.get(WORDS, ""), _begin(claims)
        return await self.list_chats(incoming.person, record, words=words, begin=begin)

    async def _my_chats(self, incoming: Incoming, claims: Claims) -> Answer:
        record, words, begin = record_in(claims, self.links), claims.get(WORDS, ""), _begin(claims)
        return await self.list_my_chats(incoming.person, record, words=words, begin=begin)

    async def _suggest(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.list_suggestions(incoming.chat, incoming.person, record_in(claims, self.links))

    async def _add_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.add(incoming.chat, incoming.person, _person(claims))

    async def _remove_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.remove(incoming.chat, incoming.person, _person(claims))

    async def _join(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.join(incoming.person, _connection(claims))

    async def _disconnect(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, _connection(claims))
        return await self.disconnect(incoming.chat, incoming.person, connection)

    async def _keep_connected(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, _connection(claims))
        return Answer(message=notice(NoticeView(text=f"{called(connection)} stays connected to this chat.")))

    async def _add_owner(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, _connection(claims))
        return await self.add_owner(incoming.chat, incoming.person, connection)

    async def _undo_disconnect(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.undo_disconnect(incoming.chat, incoming.person, _connection(claims))


def _person(claims: Claims) -> ObjectId:
    found = guid(claims.get(PERSON, ""))
    if found is None:
        raise unknown_button()
    return ObjectId(found)


def _begin(claims: Claims) -> int:
    """Which row of a list comes first."""
    begin = claims.get(BEGIN, "0")
    if not (begin.isascii() and begin.isdigit() and len(begin) < _LONGEST_BEGIN):
        raise unknown_button()
    return int(begin)


def _note(claims: Claims) -> Note:
    if claims.get(QUIET) == QUIET:
        return Note.NONE
    return Note.SEND if claims.get(AUDIENCE) == AUDIENCE else Note.ASK


def _connection(claims: Claims) -> ConnectionId:
    number = claims.get("connection", "")
    if not (number.isascii() and number.isdigit() and int(number) < _LARGEST_ID):
        raise unknown_button()
    return ConnectionId(int(number))
