"""`POST /api/dataverse/events`: events of Dataverse's webhook ("Use webhooks", Dataverse developer guide)."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from aiohttp import web

from bot.dataverse.webhook_events import DELETE, UPDATE, parse_event, parse_message, parse_organization
from bot.domain.clock_skew import is_ahead
from bot.domain.errors import BadRequest
from bot.domain.record_links import RecordLinks
from bot.domain.values import EnvironmentId
from bot.domain.webhook_keys import WebhookKeys
from bot.features.key_fields.receive_event import Received, is_own_organization, receive_event
from bot.features.shared.services import Services
from bot.logs import CORRELATION_ID, adopt_correlation_id, get_logger
from bot.runtime.line_budget import LineBudget
from bot.web.errors import error_response
from bot.web.json_body import SMALL_BYTES, read_object

KEY_HEADER = "x-chatsync-key"
KEY_QUERY = "code"
CORRELATION_HEADER = "x-ms-correlation-request-id"
ORGANIZATION_HEADER = "x-ms-dynamics-organization"
MAX_BYTES = 1_000_000
"""Maximum bytes of an event; Dataverse strips its events at 256 KB."""
MAX_VALUES = 20_000
"""Maximum number of objects and lists in an event; 256 KB of short columns with images have half as many."""

_log = get_logger(__name__)


def dataverse_events(services: Services, keys: WebhookKeys) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Create the handler. It answers 202 if the event is stored, and 200 if no chat needs it."""
    log, within_s = _LimitedLog(), services.limits.http.body_within_s

    async def handle(request: web.Request) -> web.StreamResponse:
        sender = _sender(request, keys)
        if sender is None:
            log.warning("webhook.unauthorized")
            return error_response(
                HTTPStatus.UNAUTHORIZED, "Send the key of CHATSYNC_WEBHOOK_KEY as ?code= or x-chatsync-key."
            )
        request[CORRELATION_ID] = adopt_correlation_id(request.headers.get(CORRELATION_HEADER, ""))
        body, content = await read_object(request, max_bytes=MAX_BYTES, max_values=MAX_VALUES, within_s=within_s)
        message, table = parse_message(body)
        _require_own_environment(request, services.links, sender, log)
        if message not in {UPDATE, DELETE}:
            return _response(f"{message} is ignored", stored=False)
        if not await is_own_organization(services, sender, parse_organization(body)):
            log.warning("webhook.wrong_organization", environment=sender)
            raise web.HTTPForbidden(reason="The event is from another organization.")
        now = services.clock.now()
        parse = partial(parse_event, body, content, environment=sender, received_at=now)
        event = parse() if len(content) <= SMALL_BYTES else await asyncio.to_thread(parse)
        if is_ahead(event.at, now):
            ahead_s = round((event.at - now).total_seconds())
            log.warning("webhook.time_replaced", environment=sender, table=table, ahead_s=ahead_s)
        outcome = await receive_event(services, event)
        _log.info("webhook.event_received", outcome=outcome.value, table=table)
        return _response(outcome.value, stored=outcome is Received.STORED)

    return handle


class _LimitedLog:
    """Warnings that a sender can cause as often as it likes: one line a minute for each event and environment."""

    def __init__(self) -> None:
        self._lines = LineBudget()

    def warning(self, event: str, *, environment: EnvironmentId | None = None, **fields: object) -> None:
        """Log the event, unless it was logged within the last minute."""
        suppressed = self._lines.take((event, environment))
        if suppressed is not None:
            named = {"environment": environment} if environment else {}
            _log.warning(event, **named, **fields, suppressed=suppressed)


def _sender(request: web.Request, keys: WebhookKeys) -> EnvironmentId | None:
    """Return the environment whose key the request has, or None."""
    return keys.environment_of(request.headers.get(KEY_HEADER) or request.query.get(KEY_QUERY, ""))


def _require_own_environment(request: web.Request, links: RecordLinks, sender: EnvironmentId, log: _LimitedLog) -> None:
    """Raise an error if the header names another environment than the one that the key belongs to."""
    header = request.headers.get(ORGANIZATION_HEADER, "")
    named = links.environment_at(header) if header else None
    if header and named is None:
        raise BadRequest("This environment is not configured.", "Add its address to CHATSYNC_DATAVERSE_URL.")
    if named and named.id != sender:
        log.warning("webhook.wrong_environment", environment=sender, named=named.id)
        raise web.HTTPForbidden(reason="The key belongs to another environment.")


def _response(outcome: str, *, stored: bool) -> web.Response:
    return web.json_response({"outcome": outcome}, status=HTTPStatus.ACCEPTED if stored else HTTPStatus.OK)
