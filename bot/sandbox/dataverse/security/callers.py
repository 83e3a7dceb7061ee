"""Identification of the caller from request headers ("Impersonate another user using the Web API")."""

from collections.abc import Mapping
from http import HTTPStatus

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.security.access import Access, Caller
from bot.sandbox.dataverse.security.model import ACT_FOR_OTHERS
from bot.sandbox.dataverse.security.principal import Principals
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.guids import as_guid
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Row

_HEADERS = {"CallerObjectId": "azureactivedirectoryobjectid", "MSCRMCallerID": "systemuserid"}
"""User column that each impersonation header refers to."""


class Callers:
    """Creates callers from request headers."""

    def __init__(self, schema: Schema, rows: Rows, application: str) -> None:
        self._schema = schema
        self._rows = rows
        self._application = application
        self._principals = Principals(rows)

    def from_headers(self, headers: Mapping[str, str]) -> Caller:
        """Return the caller. Raise `DataverseError` if the user is unknown, disabled, or may not be impersonated."""
        app = self._application_user()
        person = self._person(headers)
        if person is None or person.id == app.id:
            return self._caller(app, None)
        if ACT_FOR_OTHERS not in self._principals.get(app).scopes:
            raise DataverseError(
                HTTPStatus.FORBIDDEN, "0x80040220", f"The caller is missing {ACT_FOR_OTHERS} privilege."
            )
        return self._caller(person, app)

    def access(self, user: Row) -> Access:
        """Return the access rights of one user."""
        return Access(schema=self._schema, rows=self._rows, principal=self._principals.get(user))

    def _application_user(self) -> Row:
        user = self._rows.get("systemuser", self._application)
        if user is None:
            raise _unknown_user()
        return user

    def _person(self, headers: Mapping[str, str]) -> Row | None:
        by_name = {name.lower(): value for name, value in headers.items()}
        for header, column in _HEADERS.items():
            if header.lower() in by_name:
                return self._user(header, by_name[header.lower()], column)
        return None

    def _user(self, header: str, value: str, column: str) -> Row:
        user_guid = as_guid(value)
        if user_guid is None:
            raise bad_query(f"The header {header} must contain a GUID.")
        found = next((row for row in self._rows.all("systemuser") if row.values.get(column) == user_guid), None)
        if found is None:
            raise _unknown_user()
        if found.values.get("isdisabled"):
            raise DataverseError(
                HTTPStatus.FORBIDDEN,
                "0x80040225",
                f"The specified user(Id = {found.id}) is disabled. Consider enabling this user.",
            )
        return found

    def _caller(self, user: Row, on_behalf: Row | None) -> Caller:
        accesses = tuple(self.access(each) for each in (user, on_behalf) if each)
        return Caller(schema=self._schema, rows=self._rows, user=user, on_behalf=on_behalf, accesses=accesses)


def _unknown_user() -> DataverseError:
    return DataverseError(HTTPStatus.FORBIDDEN, "0x80072560", "The user is not a member of the organization.")
