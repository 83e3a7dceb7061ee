"""Errors as Graph tells them ("Microsoft Graph error responses and resource types")."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from bot.sandbox.refusals import Refusal
from bot.sandbox.values import JsonObject


class GraphError(Refusal):
    """A refusal, with the status and the code that Graph gives it."""

    @property
    def body(self) -> JsonObject:
        """The answer's body."""
        request_id = str(uuid4())
        inner = {
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": request_id,
        }
        return {"error": {"code": self.code, "message": str(self), "innerError": inner}}


def bad_request(message: str) -> GraphError:
    """A request that makes no sense."""
    return GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", message)


def forbidden(message: str) -> GraphError:
    """Something that the app, or a person, may not do."""
    return GraphError(HTTPStatus.FORBIDDEN, "Forbidden", message)


def not_found(what: str) -> GraphError:
    """Something that is not there, or not visible."""
    return GraphError(HTTPStatus.NOT_FOUND, "NotFound", f"{what} was not found.")


def no_such_user(user: str) -> GraphError:
    """A person whom the directory does not have."""
    return GraphError(
        HTTPStatus.NOT_FOUND,
        "Request_ResourceNotFound",
        f"Resource '{user[:100]}' does not exist or one of its queried reference-property objects are not present.",
    )


def conflict(message: str) -> GraphError:
    """Something that is there already."""
    return GraphError(HTTPStatus.CONFLICT, "Conflict", message)


def not_offered(what: str) -> GraphError:
    """Something that Graph does and the sandbox does not."""
    return GraphError(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", f"The sandbox does not offer {what}.")
