"""Tell a page whether the pane shows what is stored now, and who else looks at the record (spec P9, P14).

The page sends back what it watches. It is signed: Microsoft Graph was asked about the person's chats when the page was
loaded, and is not asked again for each poll. After a few minutes, the page loads everything again, with all checks.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.errors import BadRequest
from bot.domain.open_panes import SEEN_FOR, OpenPane
from bot.domain.values import ChatId, ObjectId, Person, RecordRef
from bot.features.pane.views import PAGE_SIZE, section_size
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.signatures import is_signed, sign

LASTS_FOR = timedelta(minutes=5)
"""Time after which a page is out of date although nothing changed, because the person may have lost a right."""

_PURPOSE = "pane watch"
_VERSION = "pane version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The record and the chats that a page watches, and the version of what it shows of them."""

    record: RecordRef | None
    chats: tuple[ChatId, ...]
    version: str
    shown: int = PAGE_SIZE
    """Rows of a section that the page shows."""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """A pane of a person, known by the digest of its session."""

    digest: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """The stored state that a pane shows."""

    stored: object
    viewers: Sequence[ObjectId]
    """Other people who have the record open now."""


async def begin_watch(
    services: Services, pane: Pane, record: RecordRef | None, chats: Sequence[ChatId], *, shown: int = PAGE_SIZE
) -> tuple[Watch, Sequence[ObjectId]]:
    """Return what the page of the person sends with each poll, and who else has the record open.

    The person can read the record, which was checked before. Raise `Unavailable`.
    """
    watched = tuple(sorted(chats))
    watch = Watch(record=record, chats=watched, version="", shown=shown)
    signature = await sign(services, _PURPOSE, _values(pane.person, watch))
    state = await _look(services, pane, watch)
    return replace(watch, version=await version_of(services, state.stored), signature=signature), state.viewers


async def find_viewers(services: Services, pane: Pane, record: RecordRef) -> Sequence[ObjectId]:
    """Return the other people who have the record open, for a reader of the record; raise `Unavailable`."""
    now = services.clock.now()
    noted = services.pane_activity.viewers(record, pane.digest, now)
    async with services.store.reading() as work:
        _, stored = await work.pane_state.panes(record, pane.digest, pane.person.object_id, after=now - SEEN_FOR)
    return _others(pane, noted, stored)


async def is_outdated(services: Services, pane: Pane, watch: Watch) -> bool:
    """Return whether something changed since the watch began. The person's rights are checked again.

    Raise `BadRequest` for a watch that is not the person's, and what the view of the record raises.
    """
    if not await is_signed(services, _PURPOSE, _values(pane.person, watch), watch.signature):
        raise BadRequest("This page is out of date.", "Load it again.")
    if watch.record is None:
        await access.require_user_anywhere(services, pane.person)
    else:
        await access.require_readable(services, watch.record, pane.person)
    return not await is_current(services, (await _look(services, pane, watch)).stored, watch.version)


async def _look(services: Services, pane: Pane, watch: Watch) -> LiveState:
    """Return what is stored about the record and the chats, and store that the pane shows the record now."""
    record, person, now = watch.record, pane.person.object_id, services.clock.now()
    # Taken first: a pane that is being stored is in the memory, or already in the database.
    noted = services.pane_activity.viewers(record, pane.digest, now)
    async with services.store.reading() as work:
        rows = await work.pane_state.rows(record, watch.chats, at_most=section_size(watch.shown))
        stored, others = await work.pane_state.panes(record, pane.digest, person, after=now - SEEN_FOR)
    viewers = _others(pane, noted, others)
    shown = OpenPane(person=person, record=record, seen_at=now) if record and person else None
    await services.pane_activity.save(services.store, pane.digest, shown, stored)
    settings = [(await services.administration.settings(each)).version for each in services.environments]
    return LiveState(stored=(settings, rows, viewers), viewers=viewers)


def _others(pane: Pane, noted: Collection[ObjectId], stored: Collection[ObjectId]) -> Sequence[ObjectId]:
    return sorted({*noted, *stored} - {pane.person.object_id})


async def version_of(services: Services, state: object) -> str:
    """Return a text that stands for the state and the present time; raise `Unavailable`.

    Only the bot can compute it. A plain digest would confirm guesses of what the state contains, such as the names of
    records that the person cannot open.
    """
    return await _version(services, state, f"{services.clock.now().timestamp():.0f}")


async def is_current(services: Services, state: object, version: str) -> bool:
    """Check whether the version stands for this state, and is not too old; raise `Unavailable`."""
    at, _, _ = version.partition(" ")
    age_s = services.clock.now().timestamp() - float(at) if at.isdecimal() and at.isascii() else math.inf
    return age_s < LASTS_FOR.total_seconds() and version == await _version(services, state, at)


async def _version(services: Services, state: object, at: str) -> str:
    return f"{at} {await sign(services, _VERSION, [at, repr(state)])}"


def _values(person: Person, watch: Watch) -> list[str]:
    return [person.object_id or "", repr(watch.record), *watch.chats]
