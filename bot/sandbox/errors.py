"""Errors as the Web API tells them ("Compose HTTP requests and handle errors", "Web service error codes")."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.refusals import Refusal

QUERY = "0x80060888"
"""What is wrong with the URL, the query or the method."""

PAYLOAD = "0x80048d19"
"""The body does not fit the table's definition."""


class DataverseError(Refusal):
    """A refusal, with the status and the code that Dataverse gives it."""

    headers: ClassVar[Mapping[str, str]] = {
        "Content-Type": "application/json; odata.metadata=minimal",
        "OData-Version": "4.0",
    }


def bad_query(message: str) -> DataverseError:
    """A query option, path or header that cannot be understood."""
    return DataverseError(HTTPStatus.BAD_REQUEST, QUERY, message)


def unknown_property(name: str, type_name: str) -> DataverseError:
    """A query for a property that the type does not have."""
    return bad_query(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{type_name}'.")


def no_such_column(table: Table, name: str) -> DataverseError:
    """A column that a FetchXML query names and the table does not have."""
    return DataverseError(
        HTTPStatus.BAD_REQUEST,
        "0x80041103",
        f"'{table.name}' entity doesn't contain attribute with Name = '{name[:100]}' and NameMapping = 'Logical'.",
    )


def bad_payload(table: str, reason: str) -> DataverseError:
    """A body whose properties do not fit the table."""
    return DataverseError(
        HTTPStatus.BAD_REQUEST,
        PAYLOAD,
        f"Error identified in Payload provided by the user for Entity :'{table}': {reason}",
    )


def out_of_range(code: str, message: str) -> DataverseError:
    """A value that the column's definition does not allow."""
    return DataverseError(HTTPStatus.BAD_REQUEST, code, f"A validation error occurred. {message}")


def unknown_segment(name: str) -> DataverseError:
    """A path to something that is not there."""
    return DataverseError(HTTPStatus.NOT_FOUND, "0x8006088a", f"Resource not found for the segment '{name}'.")


def no_such_row(table: Table, row_id: str) -> DataverseError:
    """A row that does not exist."""
    return DataverseError(HTTPStatus.NOT_FOUND, "0x80040217", f"{table.name} With Id = {row_id} Does Not Exist")


def missing_privilege(user_id: str, privilege: str, table: Table) -> DataverseError:
    """A right that the person does not have."""
    return DataverseError(
        HTTPStatus.FORBIDDEN,
        "0x80040220",
        f"Principal user (Id={user_id}, type=8) is missing {privilege} privilege on OTC={table.type_code} "
        f"for entity '{table.name}' (LocalizedName='{table.label}').",
    )


def secured_column(*, create: bool) -> DataverseError:
    """A secured column that the person may not set."""
    if create:
        message = "The user does not have create permissions to a secured field."
        return DataverseError(HTTPStatus.FORBIDDEN, "0x8004F502", message)
    message = "The user doesn't have AttributePrivilegeUpdate for a secured attribute during update operation."
    return DataverseError(HTTPStatus.FORBIDDEN, "0x8004F507", message)


def version_mismatch() -> DataverseError:
    """A row that has changed since the caller read it."""
    return DataverseError(
        HTTPStatus.PRECONDITION_FAILED,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
    )


def already_there() -> DataverseError:
    """A row that was to be created exists."""
    return DataverseError(
        HTTPStatus.PRECONDITION_FAILED, "0x80060892", "A record with matching key values already exists."
    )


def not_offered(what: str) -> DataverseError:
    """Something that Dataverse does and the sandbox does not."""
    return DataverseError(HTTPStatus.NOT_IMPLEMENTED, QUERY, f"The sandbox does not offer {what}.")


def wrong_method(method: str) -> DataverseError:
    """A method that does not go with the resource."""
    return DataverseError(HTTPStatus.METHOD_NOT_ALLOWED, QUERY, f"Operation not supported: {method} on this resource.")
