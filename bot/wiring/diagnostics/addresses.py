"""Checks of the address at which other systems reach Chat Sync, and of the clock that they share with it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientTimeout

from bot.domain.errors import BadRequest, NotSupported, Unavailable
from bot.web.public_pages import PAGES
from bot.wiring.application import MESSAGES_PATH
from bot.wiring.graph_notifications import NOTIFICATIONS_PATH
from bot.wiring.services import Runtime
from bot.wiring.system_addresses import EVENTS_PATH, PANE_PATH

_ANSWERS = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED})
"""The answers of the routes to GET. A proxy that does not forward a path answers something else."""
_PANE = f"{PANE_PATH}?host=teams"
_FOR_OPERATORS = ("/metrics", "/readyz")
_OF_OPERATORS = frozenset({HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE})
"""The answers of these pages."""
_MAX_SKEW = timedelta(minutes=1)
_TIMEOUT = ClientTimeout(total=10)


async def check_public_address(runtime: Runtime) -> None:
    """Check that the paths that other systems need lead to Chat Sync, while it runs."""
    settings = runtime.settings
    if settings.public_url is None:
        raise NotSupported("CHATSYNC_PUBLIC_URL is not set.", "Set it to the address of the reverse proxy.")
    notifications = [NOTIFICATIONS_PATH] if runtime.graph_notifications else []
    pane = [_PANE] if settings.app_id else []
    paths = [MESSAGES_PATH, EVENTS_PATH, *notifications, *PAGES, *pane]
    missing = [path for path in paths if await _status(runtime, settings.public_url + path) not in _ANSWERS]
    if missing:
        raise Unavailable(
            "At CHATSYNC_PUBLIC_URL, these paths do not lead to Chat Sync: {paths}.",
            "Start Chat Sync, and forward these paths in the reverse proxy.",
            paths=", ".join(each.partition("?")[0] for each in missing),
        )


async def check_exposed_pages(runtime: Runtime) -> None:
    """Check that the pages for operators cannot be reached at the public address."""
    address = runtime.settings.public_url or ""
    exposed = [path for path in _FOR_OPERATORS if await _status(runtime, address + path) in _OF_OPERATORS]
    if exposed:
        raise BadRequest(
            "Everyone can read these pages at CHATSYNC_PUBLIC_URL: {paths}.",
            "Forward only the documented paths in the reverse proxy.",
            paths=", ".join(exposed),
        )


async def _status(runtime: Runtime, url: str) -> int:
    """Return the status of the answer to GET; raise `Unavailable` if there is none."""
    try:
        async with runtime.session.get(url, allow_redirects=False, timeout=_TIMEOUT) as answer:
            return answer.status
    except (ClientError, TimeoutError, OSError) as error:
        raise Unavailable(
            "CHATSYNC_PUBLIC_URL does not answer this machine.",
            "Start Chat Sync, and check the name in the DNS, the certificate, and the reverse proxy.",
        ) from error


async def check_clock(runtime: Runtime) -> None:
    """Check that the clock of this machine agrees with that of Dataverse."""
    told = await _time_of(runtime, runtime.services.links.environments[0].url)
    skew = abs(datetime.now(UTC) - told)
    if skew > _MAX_SKEW:
        raise BadRequest(
            "The clocks of this machine and of Dataverse differ by {seconds} seconds.",
            "Turn on time synchronization on this machine.",
            seconds=str(round(skew.total_seconds())),
        )


async def _time_of(runtime: Runtime, url: str) -> datetime:
    """Return the time in the header of an answer; raise `Unavailable` without one."""
    try:
        async with runtime.session.get(_origin(url), allow_redirects=False, timeout=_TIMEOUT) as answer:
            return parsedate_to_datetime(answer.headers["Date"])
    except (ClientError, TimeoutError, OSError, LookupError, ValueError) as error:
        raise Unavailable("Dataverse did not tell the time.", "Check CHATSYNC_DATAVERSE_URL.") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
