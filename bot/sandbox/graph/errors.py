"""Errors of Graph ("Microsoft Graph error responses and resource types")."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from bot.sandbox.refusals import ServiceError
from bot.sandbox.values import JsonObject


class GraphError(ServiceError):
    """A Graph error with its HTTP status and error code."""

    @property
    def body(self) -> JsonObject:
        """JSON body of the response."""
        request_id = str(uuid4())
        inner = {
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": request_id,
        }
        return {"error": {"code": self.code, "message": str(self), "innerError": inner}}


def bad_request(message: str) -> GraphError:
    """Return the error for an invalid request."""
    return GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", message)


def forbidden(message: str) -> GraphError:
    """Return the error for an operation that the app or user may not perform."""
    return GraphError(HTTPStatus.FORBIDDEN, "Forbidden", message)


def not_found(what: str) -> GraphError:
    """Return the error for a resource that does not exist or is not visible."""
    return GraphError(HTTPStatus.NOT_FOUND, "NotFound", f"{what} was not found.")


def no_such_user(user: str) -> GraphError:
    """Return the error for a user that the directory does not contain."""
    return GraphError(
        HTTPStatus.NOT_FOUND,
        "Request_ResourceNotFound",
        f"Resource '{user[:100]}' does not exist or one of its queried reference-property objects are not present.",
    )


def conflict(message: str) -> GraphError:
    """Return the error for a resource that already exists."""
    return GraphError(HTTPStatus.CONFLICT, "Conflict", message)


def not_implemented(what: str) -> GraphError:
    """Return the 501 error for a Graph feature that the sandbox does not support."""
    return GraphError(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", f"The sandbox does not support {what}.")
