"""Begin and end the session of a page (spec P7)."""

from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.features.pane.sessions import begin_session, end_session
from bot.logs import get_logger
from bot.pane.door import DOOR, PaneDoor
from bot.pane.middleware import OWN_HEADER
from bot.pane.requests import token_of
from bot.pane.responses import failure, json_answer

_log = get_logger(__name__)


async def begin(request: web.Request) -> web.Response:
    """Return a new session for the person whom the host proves."""
    door = request.app[DOOR]
    body = await door.read_json(request)
    sign_in = next((how for host, how in door.sign_in.items() if host == request.headers[OWN_HEADER]), None)
    if sign_in is None:
        return failure(HTTPStatus.BAD_REQUEST, "Chat Sync cannot be opened here.", "Open it in Microsoft Teams.")
    try:
        identity = await sign_in(body)
    except CallerRejected as error:
        return _rejected(door, error)
    return json_answer({"session": await begin_session(door.services, identity)}, HTTPStatus.CREATED)


async def end(request: web.Request) -> web.Response:
    """End the session, so that its token is worth nothing."""
    await end_session(request.app[DOOR].services, token_of(request))
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _rejected(door: PaneDoor, error: CallerRejected) -> web.Response:
    suppressed = door.services.lines.take(f"pane {error.log_text}")
    if suppressed is not None:
        _log.warning("pane.sign_in_rejected", reason=error.log_text, suppressed=suppressed)
    if isinstance(error, CallerForbidden):
        return failure(HTTPStatus.FORBIDDEN, "Chat Sync does not serve your organization.", "Ask your administrator.")
    return failure(HTTPStatus.UNAUTHORIZED, "Chat Sync could not verify who you are.", "Sign in again.")
