"""The sign-in window of the pane in Dynamics 365 (spec P7).

The window asks the page that opened it for a secret, which is never in an address. Entra ID sends it back here.
"""

from http import HTTPStatus
from typing import NoReturn

from aiohttp import web

from bot.domain.entra_errors import parse_error_code, sign_in_failure
from bot.domain.errors import CallerForbidden, CallerRejected, Unavailable
from bot.domain.pane_sign_in import SignInFailure, SignInResult, SignInSecret, parse_secret
from bot.features.pane.sign_in import begin_sign_in, claim_sign_in, finish_sign_in
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.pane.cookies import clear_sign_in_cookie, read_sign_in_cookie, set_sign_in_cookie
from bot.pane.door import DOOR, PaneDoor, SignInWindow
from bot.pane.languages import LANGUAGE, answer_translator
from bot.pane.page import render, unknown_host, window_policy
from bot.pane.requests import bad_request
from bot.pane.responses import failure, json_answer

_log = get_logger(__name__)

DONE = "done"
"""The last part of the address of the page that closes the window."""
_RESULTS = frozenset({DONE, *SignInFailure})


async def window(request: web.Request) -> web.Response:
    """Return the page that asks its opener for the secret."""
    if request.app[DOOR].sign_in_window is None:
        return unknown_host(request, missing=request.app[DOOR].missing_settings)
    return render(request, "sign_in.html", {"step": "begin"}, policy=window_policy())


async def begin(request: web.Request) -> web.Response:
    """Keep the secret in a cookie, and return the address of the sign-in page."""
    door, opened, t = request.app[DOOR], _require_window(request), answer_translator(request)
    secret = parse_secret((await door.read_json(request)).get("secret"))
    if secret is None:
        raise bad_request()
    if not opened.budget.take():
        next_step = t("Close this window, and try again in a minute.")
        return failure(HTTPStatus.TOO_MANY_REQUESTS, t("Too many people are signing in."), next_step)
    await begin_sign_in(door.services, secret)
    response = json_answer({"url": opened.authorization_url(secret)}, HTTPStatus.CREATED)
    set_sign_in_cookie(response, secret, t.language)
    return response


async def callback(request: web.Request) -> web.Response:
    """Take the answer of Entra ID for the window that has the cookie, once, and go on to the result."""
    door, opened = request.app[DOOR], _require_window(request)
    kept, language = read_sign_in_cookie(request)
    secret = parse_secret(kept)
    if secret is None:
        return _go_on(door, SignInFailure.COOKIES, language)
    if not secret.is_state(request.query.get("state", "")):
        # The cookie belongs to another window, which goes on.
        return _go_on(door, SignInFailure.ANOTHER, language)
    if not await claim_sign_in(door.services, secret):
        return _go_on(door, SignInFailure.OVER, language, ends=True)
    found = await _result(request, opened, secret)
    await finish_sign_in(door.services, secret, found)
    return _go_on(door, found.failure or DONE, language, ends=True)


async def result(request: web.Request) -> web.Response:
    """Return the page that closes the window, or that says why the sign-in failed."""
    _require_window(request)
    step = request.match_info["result"]
    if step not in _RESULTS:
        raise web.HTTPNotFound
    return render(request, "sign_in.html", {"step": step}, policy=window_policy())


async def _result(request: web.Request, opened: SignInWindow, secret: SignInSecret) -> SignInResult:
    error = request.query.get("error")
    if error is not None:
        description = request.query.get("error_description", "")
        return _failed(request, sign_in_failure(error, description), "the sign-in page", parse_error_code(description))
    try:
        return SignInResult(identity=await opened.redeem(request.query.get("code", ""), secret))
    except CallerForbidden as rejected:
        return _failed(request, SignInFailure.TENANT, rejected.log_text)
    except CallerRejected as rejected:
        return _failed(request, SignInFailure.REJECTED, rejected.log_text)
    except Unavailable as unavailable:
        return _failed(request, SignInFailure.UNAVAILABLE, describe_error(unavailable), unavailable.code)


def _failed(request: web.Request, why: SignInFailure, reason: str, code: str | None = None) -> SignInResult:
    suppressed = request.app[DOOR].services.lines.take(f"pane window {why}")
    if suppressed is not None:
        _log.warning("pane.window_failed", failure=why.value, reason=reason, code=code, suppressed=suppressed)
    return SignInResult(failure=why)


def _go_on(door: PaneDoor, step: str, language: str | None, *, ends: bool = False) -> web.Response:
    """Redirect to the page of the result, whose address contains neither the code nor the state."""
    query = f"?{LANGUAGE}={language}" if language else ""
    address = f"{door.path}/sign-in/{step}{query}"
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})
    if ends:
        clear_sign_in_cookie(response)
    return response


def _require_window(request: web.Request) -> SignInWindow:
    opened = request.app[DOOR].sign_in_window
    return opened if opened is not None else _not_found()


def _not_found() -> NoReturn:
    raise web.HTTPNotFound
