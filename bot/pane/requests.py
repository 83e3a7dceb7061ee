"""Read requests of the page: the person of the session, and the values in the body, which grant nothing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.domain.errors import BadRequest
from bot.domain.pane_sessions import PaneIdentity
from bot.domain.values import Person, RecordRef
from bot.features.pane.live import Pane
from bot.features.pane.sessions import digest_of, require_session, signed_out
from bot.features.record_search.resolver import from_link
from bot.features.shared.action_data import parse_link
from bot.pane.door import DOOR, PaneDoor, ReadJson
from bot.pane.languages import answer_translator
from bot.pane.middleware import OWN_HEADER
from cards.translator import Translator

MAX_TEXT = 400
"""Characters of a text that people type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneRequest:
    """A request of a signed-in person."""

    door: PaneDoor
    identity: PaneIdentity
    session: str
    """The digest of the session."""
    t: Translator
    """The translator of the person's language."""
    body: Mapping[str, object]

    @property
    def pane(self) -> Pane:
        """The pane of the person."""
        return Pane(digest=self.session, person=self.person)

    @property
    def person(self) -> Person:
        """The person. In rosters of Teams, the object ID stands for the account ID, which differs by chat."""
        object_id = self.identity.object_id
        return Person(account_id=object_id, object_id=object_id, name="")

    def text(self, name: str, *, at_most: int = MAX_TEXT) -> str:
        """Return a text of the body; empty if it is missing. Raise `BadRequest` for any other value."""
        value = self.body.get(name, "")
        if not isinstance(value, str) or len(value) > at_most:
            raise bad_request()
        return value

    def flag(self, name: str) -> bool:
        """Return a switch of the body; False if it is missing. Raise `BadRequest` for any other value."""
        value = self.body.get(name, False)
        if not isinstance(value, bool):
            raise bad_request()
        return value

    def number(self, name: str, default: int) -> int:
        """Return a number of the body; raise `BadRequest` for any other value."""
        value = self.body.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise bad_request()
        return value

    async def record(self) -> RecordRef | None:
        """Return the record that the host named, or None without one; raise `BadRequest` for anything else."""
        named = self.body.get("record")
        if named is None:
            return None
        if not isinstance(named, dict):
            raise bad_request()
        data = {str(name): value for name, value in named.items() if isinstance(value, str) and len(value) <= MAX_TEXT}
        services = self.door.services
        return await from_link(services, parse_link(data, services.links), self.person)

    async def required_record(self) -> RecordRef:
        """Return the record; raise `BadRequest` without one."""
        record = await self.record()
        if record is None:
            raise bad_request()
        return record


@asynccontextmanager
async def counted(request: web.Request, read: ReadJson | None = None) -> AsyncIterator[PaneRequest]:
    """Return the request like `signed_in`, and count it while it is answered; raise `Unavailable` for too many.

    Photos are not counted, because a page can load many of them at the same time.
    """
    asked = await signed_in(request, read)
    with asked.door.memory.running.one_of(asked.person):
        yield asked


async def signed_in(request: web.Request, read: ReadJson | None = None) -> PaneRequest:
    """Return the request of the person whose session it belongs to; raise `SignedOut`, or an HTTP error.

    `read`: reads the body, if not within the limits of most requests.
    """
    door = request.app[DOOR]
    identity = await _identity_of(request)
    session, body = digest_of(token_of(request)), await _body_of(request, read or door.read_json)
    return PaneRequest(door=door, identity=identity, session=session, t=answer_translator(request), body=body)


async def _identity_of(request: web.Request) -> PaneIdentity:
    door = request.app[DOOR]
    return await require_session(
        door.services,
        token_of(request),
        host=request.headers.get(OWN_HEADER, ""),
        rules=door.session_rules,
    )


async def _body_of(request: web.Request, read: ReadJson) -> Mapping[str, object]:
    """Return the JSON object in the body. A request that only gets something has none."""
    return {} if request.method == hdrs.METH_GET else await read(request)


def token_of(request: web.Request) -> str:
    """Return the token of the session; raise `SignedOut` without one."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise signed_out()
    return token


def bad_request() -> BadRequest:
    """Return the error for a body that the page never sends."""
    return BadRequest("This page is out of date.", "Load it again.")
