"""Buttons that connect a chat to a record, end the connection, or go on with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.public_names import AUDIENCE, INTO, QUIET, Verb
from bot.domain.record_links import Links
from bot.handlers.alone import alone
from bot.handlers.claims import Claims, connection_in, link_in
from bot.handlers.incoming import Incoming
from bot.handlers.universal_actions import PressWork
from bot.handlers.which_record import CONNECT, CONNECT_QUIETLY, NAMED, WhichRecord
from bot.usecases.add_owner import AddOwner
from bot.usecases.answers import Answer, called
from bot.usecases.connect_chat import ConnectChat, Note
from bot.usecases.connect_elsewhere import ConnectElsewhere
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.find_connections import FindConnections
from bot.usecases.linked_record import FindLinkedRecord
from bot.usecases.resume_sync import ResumeSync
from bot.usecases.undo_disconnect import UndoDisconnect
from cards.inputs import OFF
from cards.new_chat import NOTE
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionButtons:
    """The life of a connection, from its first button to its last."""

    links: Links
    find_linked: FindLinkedRecord
    which: WhichRecord
    find_connections: FindConnections
    connect: ConnectChat
    connect_elsewhere: ConnectElsewhere
    disconnect: DisconnectChat
    undo_disconnect: UndoDisconnect
    add_owner: AddOwner
    resume_sync: ResumeSync

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Who answers for each verb."""
        return {
            Verb.CONNECT: self._connect,
            Verb.CHOOSE: alone(self._choose),
            Verb.DISCONNECT: self._disconnect,
            Verb.UNDO_DISCONNECT: self._undo_disconnect,
            Verb.KEEP_CONNECTED: self._keep_connected,
            Verb.ADD_OWNER: self._add_owner,
            Verb.RESUME_SYNC: self._resume_sync,
        }

    async def _connect(self, incoming: Incoming, claims: Claims) -> Answer:
        record = await self.find_linked.meant(link_in(claims, self.links), incoming.person)
        if INTO in claims:
            return await self.connect_elsewhere(
                incoming.chat, incoming.person, record, claims[INTO], note=_note(claims)
            )
        return await self.connect(incoming.chat, incoming.person, record, note=_note(claims))

    async def _choose(self, incoming: Incoming, claims: Claims) -> Answer:
        wanted = CONNECT_QUIETLY if claims.get(QUIET) == QUIET else CONNECT
        return await self.which.choice(claims.get(NAMED, ""), incoming.person, wanted)

    async def _disconnect(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, connection_in(claims))
        return await self.disconnect(incoming.chat, incoming.person, connection)

    async def _undo_disconnect(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.undo_disconnect(incoming.chat, incoming.person, connection_in(claims))

    async def _keep_connected(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, connection_in(claims))
        return Answer(message=notice(NoticeView(text=f"{called(connection)} stays connected to this chat.")))

    async def _add_owner(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.find_connections.by_id(incoming.chat, connection_in(claims))
        return await self.add_owner(incoming.chat, incoming.person, connection)

    async def _resume_sync(self, incoming: Incoming, claims: Claims) -> Answer:
        connection = await self.resume_sync(incoming.chat, incoming.person, connection_in(claims))
        text = f"This chat is shown on the timeline of {called(connection)} from now on."
        return Answer(message=notice(NoticeView(text=text)))


def _note(claims: Claims) -> Note:
    if claims.get(QUIET) == QUIET or claims.get(NOTE) == OFF:
        return Note.NONE
    return Note.SEND if claims.get(AUDIENCE) == AUDIENCE else Note.ASK
