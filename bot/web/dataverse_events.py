"""`POST /api/dataverse/events`: what Dataverse's webhook tells ("Use webhooks", Dataverse developer guide)."""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from bot.dataverse.webhook_events import DELETE, UPDATE, parse_event, parse_message
from bot.domain.errors import BadRequest
from bot.domain.record_links import RecordLinks
from bot.domain.values import Environment
from bot.features.key_fields.receive_event import KeepEvent, Kept
from bot.logs import get_logger
from bot.web.errors import error_response
from bot.web.json_body import read_object

KEY_HEADER = "x-chatsync-key"
KEY_QUERY = "code"
ORGANIZATION_HEADER = "x-ms-dynamics-organization"

_log = get_logger(__name__)


def dataverse_events(
    keep: KeepEvent, links: RecordLinks, key: str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of the route: 202 means that the event is durable, 200 that nobody needs to be told of it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not _has_key(request, key):
            _log.warning("webhook refused")
            return error_response(
                HTTPStatus.UNAUTHORIZED, "Send the key that CHATSYNC_WEBHOOK_KEY holds, as ?code= or x-chatsync-key."
            )
        body, content = await read_object(request)
        message, table = parse_message(body)
        environment = _environment(request, links)
        if message not in {UPDATE, DELETE}:
            return _answer(f"nothing is told of {message}", kept=False)
        event = parse_event(body, content, environment=environment.id, received_at=keep.clock.now())
        outcome = await keep(event)
        _log.info("event", outcome=outcome.value, table=table)
        return _answer(outcome.value, kept=outcome is Kept.KEPT)

    return handle


def _has_key(request: web.Request, key: str) -> bool:
    given = request.headers.get(KEY_HEADER) or request.query.get(KEY_QUERY, "")
    return hmac.compare_digest(given.encode(), key.encode())


def _environment(request: web.Request, links: RecordLinks) -> Environment:
    """The organisation that the header names; without the header the only one there is."""
    named = request.headers.get(ORGANIZATION_HEADER, "")
    found = links.environment_at(named) if named else None
    if not named and len(links.environments) == 1:
        found = links.environments[0]
    if found is None:
        raise BadRequest("This organisation is not served here.", "List its address in CHATSYNC_DATAVERSE_URL.")
    return found


def _answer(outcome: str, *, kept: bool) -> web.Response:
    return web.json_response({"outcome": outcome}, status=HTTPStatus.ACCEPTED if kept else HTTPStatus.OK)
