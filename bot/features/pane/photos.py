"""Photos of people in the pane: only of those that a view showed to the person who asks (spec P2, S7)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from bot.domain.directory import Photo
from bot.domain.errors import ChatSyncError, NotAllowed, NotFound
from bot.domain.values import ObjectId, Person
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.signatures import is_signed, sign_all
from bot.features.shared.view_cache import Cached, fetch_one
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_PURPOSE = "pane photo"
_DAYS = 2
"""Days on which a signature is valid: the day of the view, and the next one."""

_log = get_logger(__name__)


async def sign_photos(services: Services, viewer: Person, people: Iterable[ObjectId]) -> Mapping[ObjectId, str]:
    """Return for each person the signature with which the viewer may load the photo; raise `Unavailable`."""
    shown = list(dict.fromkeys(people))
    values = [_values(services, viewer, person, age_days=0) for person in shown]
    signatures = await sign_all(services, _PURPOSE, values) if shown else []
    return dict(zip(shown, signatures, strict=True))


async def load_photo(services: Services, viewer: Person, person: ObjectId, signature: str) -> Photo:
    """Return the photo. Raise `NotFound` without one, and also for people that no view showed to the viewer.

    Raise the errors of `require_user_anywhere` for a viewer who may not use the product any longer.
    """
    await access.require_user_anywhere(services, viewer)
    if not await _was_shown(services, viewer, person, signature):
        raise _no_photo()
    try:
        found = await fetch_one(services.view_cache, Cached.PHOTOS, person, partial(_fetch, services, person))
    except ChatSyncError as error:
        # Initials take its place.
        _log.warning("list.details_missing", details="photo", reason=describe_error(error))
        found = None
    if found is None:
        raise _no_photo()
    return found


async def _fetch(services: Services, person: ObjectId) -> Photo | None:
    """Return the photo; None also if the app may not read photos."""
    try:
        return await services.directory.photo(person)
    except NotAllowed as error:
        _log.warning("list.details_missing", details="photo", reason=describe_error(error))
        return None


async def _was_shown(services: Services, viewer: Person, person: ObjectId, signature: str) -> bool:
    for age_days in range(_DAYS):
        if await is_signed(services, _PURPOSE, _values(services, viewer, person, age_days=age_days), signature):
            return True
    return False


def _values(services: Services, viewer: Person, person: ObjectId, *, age_days: int) -> list[str]:
    day = (services.clock.now() - timedelta(days=age_days)).date()
    return [viewer.object_id or "", person, day.isoformat()]


def _no_photo() -> NotFound:
    return NotFound("There is no photo.", "")
