"""Answers of the pane, and the headers that each of them has."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from bot.domain.errors import (
    BadRequest,
    BotAbsent,
    ChatSyncError,
    Conflict,
    HiddenRecord,
    InProgress,
    NotAllowed,
    NotFound,
    NotSupported,
    SignedOut,
    Unavailable,
)
from bot.pane.display_values import display_sentences
from cards.translator import Translator

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer."""

_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
"""Policy of an answer that is no page, in case that a browser shows it."""

_STATUS: Mapping[type[ChatSyncError], HTTPStatus] = {
    SignedOut: HTTPStatus.UNAUTHORIZED,
    # A hidden record is answered like a missing one.
    HiddenRecord: HTTPStatus.NOT_FOUND,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotSupported: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadRequest: HTTPStatus.BAD_REQUEST,
    BotAbsent: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    InProgress: HTTPStatus.ACCEPTED,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_KINDS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "badRequest",
    HTTPStatus.UNAUTHORIZED: "signedOut",
    HTTPStatus.NOT_FOUND: "notFound",
    HTTPStatus.FORBIDDEN: "notAllowed",
    HTTPStatus.UNPROCESSABLE_ENTITY: "notSupported",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.ACCEPTED: "inProgress",
    HTTPStatus.TOO_MANY_REQUESTS: "unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
"""Names of the states that the page shows for a status; any other one is a failure."""


def json_answer(body: Mapping[str, Any], status: int = HTTPStatus.OK) -> web.Response:
    """Return the values as JSON."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def error_answer(t: Translator, error: ChatSyncError) -> web.Response:
    """Return the error with its next step, in the words of the bot."""
    return json_answer({"error": error_values(t, error)}, _status(error))


def failure(status: int, text: str, next_step: str = "") -> web.Response:
    """Return an answer that says what failed, and what to do, in the reader's language."""
    return json_answer({"error": _error(status, text, next_step)}, status)


def error_values(t: Translator, error: ChatSyncError) -> Mapping[str, str]:
    """Return the error as a part of another answer."""
    return _error(_status(error), t.show(error.text), t.show(error.next_step))


def secure(response: web.StreamResponse) -> None:
    """Add the headers that the response does not have yet."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", _NO_PAGE)


def _error(status: int, text: str, next_step: str) -> Mapping[str, str]:
    """Return the error. Names in the texts come from outside."""
    kind = _KINDS.get(HTTPStatus(status), "failed")
    return {"kind": kind, "text": display_sentences(text), "nextStep": display_sentences(next_step)}


def _status(error: ChatSyncError) -> HTTPStatus:
    kinds = (kind for kind in type(error).__mro__ if kind in _STATUS)
    return _STATUS[next(kinds, BadRequest)]
