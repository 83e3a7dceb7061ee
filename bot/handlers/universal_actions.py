"""Buttons on cards. What a button carries is a claim: it names what is meant, and every right is checked again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.record_links import Links, guid
from bot.domain.surface import QUIET, Verb
from bot.domain.values import ConnectionId, RecordRef
from bot.handlers.incoming import Incoming
from bot.handlers.translate import PressedButton
from bot.usecases.answers import Answer
from bot.usecases.connect_chat import ConnectChat
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.find_connections import FindConnections

Claims = Mapping[str, str]
Work = Callable[[Incoming, Claims], Awaitable[Answer]]

_LARGEST_ID = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """What people can press on the bot's cards."""

    links: Links
    find_connections: FindConnections
    connect: ConnectChat
    disconnect: DisconnectChat

    async def __call__(self, incoming: Incoming, pressed: PressedButton) -> Answer:
        """The answer to the press; raises `BadRequest` for a button that is none of ours."""
        work: Mapping[str, Work] = {Verb.CONNECT: self._connect, Verb.DISCONNECT: self._disconnect}
        if pressed.verb not in work:
            raise _unknown_button()
        return await work[pressed.verb](incoming, pressed.claims)

    async def _connect(self, incoming: Incoming, claims: Claims) -> Answer:
        record = self._record(claims)
        return await self.connect(incoming.chat, incoming.person, record, quiet=claims.get(QUIET) == QUIET)

    async def _disconnect(self, incoming: Incoming, claims: Claims) -> Answer:
        number = claims.get("connection", "")
        if not (number.isascii() and number.isdigit() and int(number) < _LARGEST_ID):
            raise _unknown_button()
        connection = await self.find_connections.by_id(incoming.chat, ConnectionId(int(number)))
        return await self.disconnect(incoming.chat, incoming.person, connection)

    def _record(self, claims: Claims) -> RecordRef:
        named = (each.id for each in self.links.environments if each.id == claims.get("environment"))
        environment, row_id = next(named, None), guid(claims.get("row", ""))
        if environment is None or row_id is None:
            raise _unknown_button()
        return RecordRef(environment=environment, table=claims.get("table", ""), row_id=row_id)


def _unknown_button() -> BadRequest:
    return BadRequest("This button does not work any more.", "Write help to see what you can do.")
