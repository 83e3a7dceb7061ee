"""Error handling for HTTP: each failed request gets a status and a reason, never a stack trace."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.domain.errors import BadRequest, ChatSyncError, NotFound, Unavailable
from bot.logs import CORRELATION_ID, correlation_id, get_logger, route_of, with_correlation_id
from bot.web.bodies import require_plain_body

_STATUS: dict[type[Exception], HTTPStatus] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_log = get_logger(__name__)


def error_response(status: int, message: str) -> web.Response:
    """Return a response that explains the error."""
    body = {"error": {"code": HTTPStatus(status).phrase, "message": message, "correlationId": correlation_id()}}
    return web.json_response(body, status=status)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give each request a correlation ID, refuse encoded bodies, and convert errors to responses."""
    with with_correlation_id() as request[CORRELATION_ID]:
        try:
            require_plain_body(request)
            return await handler(request)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return error_response(error.status, error.reason)
        except ChatSyncError as error:
            status = _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
            return error_response(status, f"{error} {error.next_step}".strip())
        except Exception:  # noqa: BLE001 - the boundary of HTTP: every error needs a response
            _log.exception("http.request_failed", path=route_of(request))
            return error_response(
                HTTPStatus.INTERNAL_SERVER_ERROR, "An error occurred. Search the log for this correlation ID."
            )
