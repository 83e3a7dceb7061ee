"""Cookies of the pane. Both exist only in Dynamics 365.

Neither is sufficient for a request that reads or changes something: these need the token in a header.
"""

import re

from aiohttp import hdrs, web

from bot.domain.pane_sessions import LASTS_FOR
from bot.domain.pane_sign_in import SIGN_IN_WITHIN, SignInSecret
from bot.languages.tags import catalog_tag

SESSION_COOKIE = "__Host-chatsync-session"
"""Keeps the session over a reload of the frame. Browsers keep it apart for each organization that frames the page."""
SIGN_IN_COOKIE = "__Host-chatsync-sign-in"
"""Recognizes the window when Microsoft Entra ID sends it back."""

_AND = "."
"""Separator of two values. Neither contains it."""
_VALUE = re.compile("[!-~]*")


def set_session_cookie(response: web.Response, token: str) -> None:
    """Keep the session in the cookie."""
    _set_session_cookie(response, token, int(LASTS_FOR.total_seconds()))


def clear_session_cookie(response: web.Response) -> None:
    """Delete the cookie of the session."""
    _set_session_cookie(response, "", 0)


def read_session_cookie(request: web.Request) -> str:
    """Return the token of the session; empty if there is none."""
    return _read(request, SESSION_COOKIE)


def set_sign_in_cookie(response: web.Response, secret: SignInSecret, language: str) -> None:
    """Keep the secret of the sign-in, and the language of the window, until Entra sends the window back."""
    _set_sign_in_cookie(response, f"{secret.text}{_AND}{language}", int(SIGN_IN_WITHIN.total_seconds()))


def read_sign_in_cookie(request: web.Request) -> tuple[str, str | None]:
    """Return the text of the secret, and the language of the window if it has a catalog."""
    secret, _, language = _read(request, SIGN_IN_COOKIE).partition(_AND)
    return secret, catalog_tag(language)


def clear_sign_in_cookie(response: web.Response) -> None:
    """Delete the cookie of the sign-in."""
    _set_sign_in_cookie(response, "", 0)


def _read(request: web.Request, name: str) -> str:
    """Return the value of the cookie; empty if it is missing, occurs twice, or has another form.

    Only this host can set a cookie whose name begins with `__Host-`, so it must be found as browsers write it: the name
    begins after a semicolon. For aiohttp, it can also begin after a space in the value of another cookie, which other
    hosts of the same domain can set. See https://datatracker.ietf.org/doc/html/rfc6265#section-4.2.1.
    """
    pairs = ";".join(request.headers.getall(hdrs.COOKIE, ())).split(";")
    values = [value for each in pairs for key, _, value in [each.strip(" \t").partition("=")] if key == name]
    return values[0] if len(values) == 1 and _VALUE.fullmatch(values[0]) else ""


def _set_session_cookie(response: web.Response, token: str, max_age: int) -> None:
    _set(response, f"{SESSION_COOKIE}={token}", max_age, "SameSite=None; Partitioned")


def _set_sign_in_cookie(response: web.Response, secret: str, max_age: int) -> None:
    # Lax, because Entra is another site: the browser sends it only when the window itself comes back.
    _set(response, f"{SIGN_IN_COOKIE}={secret}", max_age, "SameSite=Lax")


def _set(response: web.Response, cookie: str, max_age: int, sites: str) -> None:
    # Python learns to write partitioned cookies in version 3.14. The values are Base64 for addresses, and a tag.
    response.headers.add(hdrs.SET_COOKIE, f"{cookie}; Max-Age={max_age}; Path=/; Secure; HttpOnly; {sites}")
