"""Begin and end the session of a page (spec P7)."""

from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import CallerForbidden, CallerRejected, SignedOut
from bot.domain.pane_sessions import PaneHost
from bot.features.pane.sessions import begin_session, end_session, require_session
from bot.logs import get_logger
from bot.pane.cookies import SESSION_COOKIE, clear_session_cookie, set_session_cookie
from bot.pane.door import DOOR, PaneDoor
from bot.pane.middleware import OWN_HEADER
from bot.pane.requests import token_of
from bot.pane.responses import error_answer, failure, json_answer

_log = get_logger(__name__)


async def begin(request: web.Request) -> web.Response:
    """Return a new session for the person whom the host proves, or the one that a cookie kept over a reload."""
    door = request.app[DOOR]
    body = await door.read_json(request)
    host, sign_in = next(
        ((host, how) for host, how in door.sign_in.items() if host == request.headers[OWN_HEADER]), (None, None)
    )
    if sign_in is None:
        return failure(HTTPStatus.BAD_REQUEST, "Chat Sync cannot be opened here.", "Open it in Microsoft Teams.")
    if host is PaneHost.DYNAMICS and body.get("resume") is True:
        return await _resume(request)
    try:
        identity = await sign_in(body)
    except CallerRejected as error:
        return _rejected(door, error)
    token = await begin_session(door.services, identity, door.session_rules)
    response = json_answer({"session": token}, HTTPStatus.CREATED)
    if host is PaneHost.DYNAMICS:
        set_session_cookie(response, token)
    return response


async def end(request: web.Request) -> web.Response:
    """End the session, so that its token is worth nothing."""
    await end_session(request.app[DOOR].services, token_of(request))
    response = web.Response(status=HTTPStatus.NO_CONTENT)
    if request.headers[OWN_HEADER] == PaneHost.DYNAMICS:
        clear_session_cookie(response)
    return response


async def _resume(request: web.Request) -> web.Response:
    door, token = request.app[DOOR], request.cookies.get(SESSION_COOKIE, "")
    try:
        await require_session(door.services, token, host=PaneHost.DYNAMICS, rules=door.session_rules)
    except SignedOut as error:
        response = error_answer(error)
        clear_session_cookie(response)
        return response
    return json_answer({"session": token})


def _rejected(door: PaneDoor, error: CallerRejected) -> web.Response:
    suppressed = door.services.lines.take(f"pane {error.log_text}")
    if suppressed is not None:
        _log.warning("pane.sign_in_rejected", reason=error.log_text, suppressed=suppressed)
    if isinstance(error, CallerForbidden):
        return failure(HTTPStatus.FORBIDDEN, "Chat Sync does not serve your organization.", "Ask your administrator.")
    return failure(HTTPStatus.UNAUTHORIZED, "Chat Sync could not verify who you are.", "Sign in again.")
