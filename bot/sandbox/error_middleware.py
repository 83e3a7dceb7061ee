"""Error middleware: render every failure in the error format of the system that was called."""

import re
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import DataverseError
from bot.sandbox.faults import Fault, door_of
from bot.sandbox.refusals import Refusal, told
from bot.sandbox.storage.store import NotKept

_BEARER = re.compile(r"Bearer +\S+", re.IGNORECASE)

_log = structlog.stdlib.get_logger(__name__)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Return `ServiceError`s with their status and code, and unexpected exceptions as 500 without details."""
    door = door_of(request)
    if door is None:
        return await handler(request)
    try:
        _require_token_form(request)
        return await handler(request)
    except Refusal as error:
        return told(error)
    except NotKept:
        _log.exception("sandbox file cannot be written")
        refusal = door.refusal(Fault(kind="503", options={}))
        return told(type(refusal)(refusal.status, refusal.code, "The change could not be kept. Nothing was changed."))
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001 - the outermost door
        _log.exception("sandbox request failed", method=request.method, path=request.path)
        return told(door.refusal(Fault(kind="500", options={})))


def _require_token_form(request: web.Request) -> None:
    """Reject a malformed Authorization header. A missing header is accepted."""
    given = request.headers.get("Authorization")
    if given is not None and not _BEARER.fullmatch(given):
        raise DataverseError(
            HTTPStatus.UNAUTHORIZED, "0x8004A102", "The Authorization header must hold a bearer token."
        )
