"""Tell a page whether the pane shows what is stored now (spec P9).

The page sends back what it watches. The person's chats in it are signed: Microsoft Graph was asked about them when the
page was loaded, and is not asked again for each poll.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.errors import BadRequest
from bot.domain.values import ChatId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.signatures import is_signed, sign

_PURPOSE = "pane watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The record and the chats that a page watches, and the version of what it shows of them."""

    record: RecordRef | None
    chats: tuple[ChatId, ...]
    version: str
    signature: str = ""


async def begin_watch(services: Services, person: Person, record: RecordRef | None, chats: Sequence[ChatId]) -> Watch:
    """Return what the page of the person sends with each poll; raise `Unavailable`."""
    watched = tuple(sorted(chats))
    signature = await sign(services, _PURPOSE, _values(person, watched))
    return Watch(
        record=record, chats=watched, version=await stored_version(services, record, watched), signature=signature
    )


async def is_outdated(services: Services, person: Person, watch: Watch) -> bool:
    """Return whether something changed since the watch began. The person's rights are checked again.

    Raise `BadRequest` for a watch that is not the person's, and what the view of the record raises.
    """
    if not await is_signed(services, _PURPOSE, _values(person, watch.chats), watch.signature):
        raise BadRequest("This page is out of date.", "Load it again.")
    if watch.record is None:
        await access.require_user_anywhere(services, person)
    else:
        await access.require_readable(services, watch.record, person)
    return await stored_version(services, watch.record, watch.chats) != watch.version


async def stored_version(services: Services, record: RecordRef | None, chats: Sequence[ChatId]) -> str:
    """Return a digest of what is stored about the record and the chats, and of the settings; raise `Unavailable`."""
    async with services.store.reading() as work:
        rows = await work.pane_state.rows(record, chats)
    settings = [(await services.administration.settings(each)).version for each in services.environments]
    return sha256(repr((settings, rows)).encode("utf-8", "surrogatepass")).hexdigest()


def _values(person: Person, chats: Sequence[ChatId]) -> list[str]:
    return [person.object_id or "", *chats]
