"""Buttons that connect a chat to a record, end the connection, or go on with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.public_names import AUDIENCE_CONFIRMED, QUIET, TARGET_CHAT, Verb
from bot.domain.record_links import RecordLinks
from bot.features.chat_sync.resume_sync import ResumeSync
from bot.features.connections.connect_chat import ConnectChat, Note
from bot.features.connections.connect_other_chat import ConnectElsewhere
from bot.features.connections.disconnect_chat import DisconnectChat
from bot.features.connections.find_connections import FindConnections
from bot.features.connections.undo_disconnect import UndoDisconnect
from bot.features.members.add_owner import AddOwner
from bot.features.record_cards.resolve_link import FindLinkedRecord
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, NAMED, WhichRecord
from bot.features.shared.action_data import Claims, connection_in, link_in
from bot.features.shared.answers import Answer, called
from bot.features.shared.private_answers import alone
from bot.features.shared.routes import PressWork
from bot.features.shared.turn import Incoming
from cards.inputs import OFF
from cards.new_chat import NOTE
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionButtons:
    """The life of a connection, from its first button to its last."""

    links: RecordLinks
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
        if TARGET_CHAT in claims:
            return await self.connect_elsewhere(
                incoming.chat, incoming.person, record, claims[TARGET_CHAT], note=_note(claims)
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
    return Note.SEND if claims.get(AUDIENCE_CONFIRMED) == AUDIENCE_CONFIRMED else Note.ASK
