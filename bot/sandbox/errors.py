"""Errors of the Web API ("Compose HTTP requests and handle errors", "Web service error codes")."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.refusals import ServiceError

QUERY = "0x80060888"
"""Error code for an invalid URL, query, or method."""

PAYLOAD = "0x80048d19"
"""Error code for a body that does not match the table's definition."""


class DataverseError(ServiceError):
    """A Web API error with its HTTP status and Dataverse error code."""

    headers: ClassVar[Mapping[str, str]] = {
        "Content-Type": "application/json; odata.metadata=minimal",
        "OData-Version": "4.0",
    }


def bad_query(message: str) -> DataverseError:
    """Return the error for an invalid query option, path, or header."""
    return DataverseError(HTTPStatus.BAD_REQUEST, QUERY, message)


def unknown_property(name: str, type_name: str) -> DataverseError:
    """Return the error for a query on a property that the type does not have."""
    return bad_query(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{type_name}'.")


def no_such_column(table: Table, name: str) -> DataverseError:
    """Return the error for a FetchXML column that the table does not have."""
    return DataverseError(
        HTTPStatus.BAD_REQUEST,
        "0x80041103",
        f"'{table.name}' entity doesn't contain attribute with Name = '{name[:100]}' and NameMapping = 'Logical'.",
    )


def bad_payload(table: str, reason: str) -> DataverseError:
    """Return the error for a body whose properties do not match the table."""
    return DataverseError(
        HTTPStatus.BAD_REQUEST,
        PAYLOAD,
        f"Error identified in Payload provided by the user for Entity :'{table}': {reason}",
    )


def out_of_range(code: str, message: str) -> DataverseError:
    """Return the error for a value outside the limits of the column's definition."""
    return DataverseError(HTTPStatus.BAD_REQUEST, code, f"A validation error occurred. {message}")


def unknown_segment(name: str) -> DataverseError:
    """Return the error for a path segment that does not exist."""
    return DataverseError(HTTPStatus.NOT_FOUND, "0x8006088a", f"Resource not found for the segment '{name}'.")


def no_such_row(table: Table, row_id: str) -> DataverseError:
    """Return the error for a row that does not exist."""
    return DataverseError(HTTPStatus.NOT_FOUND, "0x80040217", f"{table.name} With Id = {row_id} Does Not Exist")


def missing_privilege(user_id: str, privilege: str, table: Table) -> DataverseError:
    """Return the error for a privilege that the user does not have."""
    return DataverseError(
        HTTPStatus.FORBIDDEN,
        "0x80040220",
        f"Principal user (Id={user_id}, type=8) is missing {privilege} privilege on OTC={table.type_code} "
        f"for entity '{table.name}' (LocalizedName='{table.label}').",
    )


def secured_column(*, create: bool) -> DataverseError:
    """Return the error for a secured column that the user may not set."""
    if create:
        message = "The user does not have create permissions to a secured field."
        return DataverseError(HTTPStatus.FORBIDDEN, "0x8004F502", message)
    message = "The user doesn't have AttributePrivilegeUpdate for a secured attribute during update operation."
    return DataverseError(HTTPStatus.FORBIDDEN, "0x8004F507", message)


def version_mismatch() -> DataverseError:
    """Return the error for a row that changed since the caller read it."""
    return DataverseError(
        HTTPStatus.PRECONDITION_FAILED,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
    )


def already_exists() -> DataverseError:
    """Return the error for creating a row that already exists."""
    return DataverseError(
        HTTPStatus.PRECONDITION_FAILED, "0x80060892", "A record with matching key values already exists."
    )


def not_implemented(what: str) -> DataverseError:
    """Return the 501 error for a Dataverse feature that the sandbox does not support."""
    return DataverseError(HTTPStatus.NOT_IMPLEMENTED, QUERY, f"The sandbox does not support {what}.")


def wrong_method(method: str) -> DataverseError:
    """Return the error for a method that the resource does not support."""
    return DataverseError(HTTPStatus.METHOD_NOT_ALLOWED, QUERY, f"Operation not supported: {method} on this resource.")
