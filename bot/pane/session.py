"""Begin and end the session of a page (spec P7)."""

from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import CallerForbidden, CallerRejected, SignedOut
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.features.pane.sessions import begin_session, end_session, require_session
from bot.features.shared.reader_languages import person_translator
from bot.logs import get_logger
from bot.pane.cookies import clear_session_cookie, read_session_cookie, set_session_cookie
from bot.pane.door import DOOR, PaneDoor
from bot.pane.languages import answer_translator
from bot.pane.middleware import OWN_HEADER
from bot.pane.requests import token_of
from bot.pane.responses import error_answer, failure, json_answer
from cards.translator import Translator

_log = get_logger(__name__)


async def begin(request: web.Request) -> web.Response:
    """Return a new session for the person whom the host proves, or the one that a cookie kept over a reload."""
    door, t = request.app[DOOR], answer_translator(request)
    body = await door.read_json(request)
    host, sign_in = next(
        ((host, how) for host, how in door.sign_in.items() if host == request.headers[OWN_HEADER]), (None, None)
    )
    if sign_in is None:
        return failure(HTTPStatus.BAD_REQUEST, t("Chat Sync cannot be opened here."), t("Open it in Microsoft Teams."))
    if host is PaneHost.DYNAMICS and body.get("resume") is True:
        return await _resume(request)
    try:
        identity = await sign_in(body)
    except CallerRejected as error:
        return _rejected(t, door, error)
    token = await begin_session(door.services, identity, door.session_rules)
    response = await _session(request, identity, token, HTTPStatus.CREATED)
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
    door, token = request.app[DOOR], read_session_cookie(request)
    try:
        identity = await require_session(door.services, token, host=PaneHost.DYNAMICS, rules=door.session_rules)
    except SignedOut as error:
        response = error_answer(answer_translator(request), error)
        clear_session_cookie(response)
        return response
    return await _session(request, identity, token)


async def _session(
    request: web.Request, identity: PaneIdentity, token: str, status: HTTPStatus = HTTPStatus.OK
) -> web.Response:
    """Return the session, and the language of the person, in which the page is loaded again if it has another one."""
    page = answer_translator(request)
    t = await person_translator(request.app[DOOR].services, identity.object_id, page.language)
    return json_answer({"session": token, "language": t.language}, status)


def _rejected(t: Translator, door: PaneDoor, error: CallerRejected) -> web.Response:
    suppressed = door.services.lines.take(f"pane {error.log_text}")
    if suppressed is not None:
        _log.warning("pane.sign_in_rejected", reason=error.log_text, suppressed=suppressed)
    if isinstance(error, CallerForbidden):
        return failure(
            HTTPStatus.FORBIDDEN, t("Chat Sync does not serve your organization."), t("Ask your administrator.")
        )
    return failure(HTTPStatus.UNAUTHORIZED, t("Chat Sync could not verify who you are."), t("Sign in again."))
