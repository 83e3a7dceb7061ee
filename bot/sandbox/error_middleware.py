"""Error middleware: render every failure in the error format of the system that was called."""

import re
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.logs import route_of
from bot.sandbox.errors import DataverseError
from bot.sandbox.faults import Fault, service_of
from bot.sandbox.refusals import ServiceError, error_response
from bot.sandbox.storage.store import WriteFailed

_BEARER = re.compile(r"Bearer +\S+", re.IGNORECASE)

_log = structlog.stdlib.get_logger(__name__)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Return `ServiceError`s with their status and code, and unexpected exceptions as 500 without details."""
    service = service_of(request)
    if service is None:
        return await handler(request)
    try:
        _require_token_form(request)
        return await handler(request)
    except ServiceError as error:
        return error_response(error)
    except WriteFailed:
        _log.exception("sandbox.journal_write_failed")
        failure = service.error_for(Fault(kind="503", options={}))
        message = "The change could not be saved. Nothing was changed."
        return error_response(type(failure)(failure.status, failure.code, message))
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001 - the outermost door
        _log.exception("sandbox.request_failed", method=request.method, path=route_of(request))
        return error_response(service.error_for(Fault(kind="500", options={})))


def _require_token_form(request: web.Request) -> None:
    """Reject a malformed Authorization header. A missing header is accepted."""
    header = request.headers.get("Authorization")
    if header is not None and not _BEARER.fullmatch(header):
        raise DataverseError(
            HTTPStatus.UNAUTHORIZED, "0x8004A102", "The Authorization header must contain a bearer token."
        )
