"""Injected faults as error responses of each service."""

from collections.abc import Mapping
from http import HTTPStatus

from bot.sandbox.errors import DataverseError, version_mismatch
from bot.sandbox.faults import Fault
from bot.sandbox.graph.errors import GraphError
from bot.sandbox.teams.connector import ConnectorError

_COMBINED = (
    "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 "
    "seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
)
_LIMITS: Mapping[str, tuple[str, str]] = {
    "requests": ("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds."),
    "time": ("0x80072321", _COMBINED),
    "concurrency": ("0x80072326", "Number of concurrent requests exceeded the limit of 52."),
}
"""Messages of the three service protection limits ("Service protection API limits")."""


_DATAVERSE: Mapping[str, tuple[str, str]] = {
    "400": ("0x80060888", "The request cannot be understood."),
    "403": ("0x80048306", "Principal with id is missing privileges."),
    "404": ("0x80040217", "The row does not exist."),
    "409": ("0x80040237", "A record with matching key values already exists."),
    "500": ("0x80040216", "An unexpected error occurred."),
    "503": ("0x80044150", "The service is unavailable."),
}
_GRAPH: Mapping[str, tuple[str, str]] = {
    "400": ("BadRequest", "The request is malformed or incorrect."),
    "403": ("Forbidden", "Missing role permissions on the request. Roles on the request ''."),
    "404": ("NotFound", "The requested resource was not found."),
    "409": ("Conflict", "The resource already exists."),
    "412": ("PreconditionFailed", "A precondition has failed."),
    "429": ("TooManyRequests", "The request limit has been reached."),
    "500": ("InternalServerError", "There was an internal server error while processing the request."),
    "503": ("ServiceUnavailable", "The service is temporarily unavailable."),
}
_CONNECTOR: Mapping[str, str] = {
    "400": "BadArgument",
    "403": "BotNotInConversationRoster",
    "404": "ConversationNotFound",
    "412": "PreconditionFailed",
    "429": "Throttled",
}


def dataverse_error(fault: Fault) -> DataverseError:
    """Return the fault as a Web API error."""
    if fault.kind == "412":
        return version_mismatch()
    if fault.kind == "429":
        return DataverseError(HTTPStatus.TOO_MANY_REQUESTS, *_LIMITS[fault.options.get("limit", "requests")])
    return DataverseError(HTTPStatus(int(fault.kind)), *_DATAVERSE[fault.kind])


def graph_error(fault: Fault) -> GraphError:
    """Return the fault as a Graph error."""
    return GraphError(HTTPStatus(int(fault.kind)), *_GRAPH[fault.kind])


def connector_error(fault: Fault) -> ConnectorError:
    """Return the fault as a Bot Connector error."""
    return ConnectorError(HTTPStatus(int(fault.kind)), _CONNECTOR.get(fault.kind, "ServiceError"))
