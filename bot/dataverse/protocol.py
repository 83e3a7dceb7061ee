"""Rows, errors, and queries of the Web API (Microsoft Dataverse developer guide, "Use the Web API"). Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.formatting import canonical_instant
from bot.domain.rights import Role
from bot.domain.tables import LOOKUPS, TEXTS, Column, ColumnType, ColumnValue, Raw, Row
from bot.domain.texts import text
from bot.domain.values import ObjectId
from bot.http.odata_errors import error_code, with_cause

API = "api/data/v9.2"

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
ANNOTATIONS = f'odata.include-annotations="{FORMATTED},{LOOKUP_TABLE}"'

ROLE_PROPERTIES = "name,_roletemplateid_value"

UNREADABLE = "(not readable)"
"""Value of a column whose JSON is not a text or number."""

NO_SUCH_ROW = "0x80040217"
"""Code for a row that does not exist ("Web service error codes", ObjectDoesNotExist); a bare 404 may mean a wrong path.
"""

_OWN_CODES = "0x"
"""Prefix of Dataverse's own codes ("Web service error codes")."""

_OPTION = re.compile(r"-?[0-9]{1,10}")
# Wildcards of `contains_filter` ("Filter rows", wildcard characters); brackets turn them into plain characters.
_WILDCARDS = str.maketrans({"[": "[[]", "%": "[%]", "_": "[_]"})


def headers(caller: ObjectId | None, prefer: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers of a request, on behalf of the caller if there is one ("Impersonate another user")."""
    options = {
        "Accept": "application/json",
        "OData-Version": "4.0",
        "OData-MaxVersion": "4.0",
        "If-None-Match": "null",
        "Prefer": ", ".join(prefer),
        "CallerObjectId": caller or "",
    }
    return {name: value for name, value in options.items() if value}


def quote_literal(text: str) -> str:
    """Quote a text for a filter in OData."""
    return "'" + text.replace("'", "''") + "'"


def contains_filter(column: str, words: str) -> str:
    """Return a filter: the column contains each of the words."""
    parts = (f"contains({column},{quote_literal(word.translate(_WILDCARDS))})" for word in words.split())
    return " and ".join(parts)


def begins_with_filter(column: str, words: str) -> str:
    """Return a filter: the column begins with the words."""
    return f"startswith({column},{quote_literal(words.translate(_WILDCARDS))})"


def select_clause(columns: Iterable[Column]) -> str:
    """Return the columns for `$select`; a lookup is selected by the property that holds its row's ID."""
    return ",".join(dict.fromkeys(property_name(column) for column in columns if not column.through))


def expand_clause(columns: Iterable[Column]) -> str:
    """Return the linked columns for `$expand`, each nested below its row."""
    linked: dict[str, list[Column]] = {}
    for column in columns:
        if column.through:
            linked.setdefault(column.through[0], []).append(replace(column, through=column.through[1:]))
    return ",".join(f"{way}({_options(inner)})" for way, inner in linked.items())


def _options(columns: Sequence[Column]) -> str:
    options = {"$select": select_clause(columns), "$expand": expand_clause(columns)}
    return ";".join(f"{name}={value}" for name, value in options.items() if value)


def property_name(column: Column) -> str:
    """Return the column's property in the JSON of its row."""
    name = column.name.rpartition(".")[2]
    return f"_{name}_value" if column.type in LOOKUPS else name


def parse_role(body: Mapping[str, Any]) -> Role:
    """Parse a security role."""
    template = body.get("_roletemplateid_value")
    return Role(name=str(body.get("name") or ""), template=str(template).lower() if template else None)


def parse_row(body: Mapping[str, Any], primary_id: str, columns: Sequence[Column]) -> Row:
    """Parse a row; raise `Unavailable` for anything else."""
    row_id = body.get(primary_id)
    if not isinstance(row_id, str):
        raise Unavailable("Dynamics 365 returned an answer without a row.", "Try again in a moment.")
    values = {column.name: _value(_linked_row(body, column.through), column) for column in columns}
    return Row(id=row_id.lower(), values=values, etag=_text(body, "@odata.etag"))


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _linked_row(body: Mapping[str, Any], through: Sequence[str]) -> Mapping[str, Any]:
    """Return the row at the end of the navigation properties; empty if none is linked or the caller may not read it."""
    for way in through:
        inner = body.get(way)
        body = inner if isinstance(inner, dict) else {}
    return body


def _value(body: Mapping[str, Any], column: Column) -> ColumnValue:
    name = property_name(column)
    raw, text = body.get(name), body.get(f"{name}@{FORMATTED}")
    if raw is None:
        return ColumnValue(raw=None)
    if not isinstance(raw, str | int | float):
        return ColumnValue(raw=UNREADABLE)
    if column.type in LOOKUPS:
        raw = f"{_text(body, f'{name}@{LOOKUP_TABLE}')}:{raw}".lower()
    if column.type in TEXTS:
        return ColumnValue(raw=str(raw))
    return ColumnValue(raw=_raw(column, raw), text=text if isinstance(text, str) else None)


def _raw(column: Column, raw: str | float) -> Raw:
    if column.type is ColumnType.MULTI_SELECT:
        return tuple(sorted(int(number) for number in str(raw).split(",") if _OPTION.fullmatch(number.strip())))
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return canonical_instant(raw) or raw
    return raw


_ERRORS: Mapping[int, tuple[type[ChatSyncError], str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        BadRequest,
        text("Dynamics 365 did not understand the request."),
        text("Try different words."),
    ),
    HTTPStatus.UNAUTHORIZED: (
        Unavailable,
        text("Dynamics 365 rejected the app's sign-in."),
        text("Ask an administrator to check the app's credentials."),
    ),
    HTTPStatus.FORBIDDEN: (
        NotAllowed,
        text("You do not have access to this in Dynamics 365."),
        text("Ask your administrator for access."),
    ),
    HTTPStatus.PRECONDITION_FAILED: (
        Conflict,
        text("Someone changed this in Dynamics 365 at the same time."),
        text("Review the changes, and try again."),
    ),
    HTTPStatus.GONE: (NotFound, text("This no longer exists in Dynamics 365."), text("Search again.")),
    HTTPStatus.NOT_FOUND: (
        NotFound,
        text("This does not exist in Dynamics 365."),
        text("Check the link or the number."),
    ),
}


_NO_IMPERSONATION = (
    Unavailable,
    text("Dynamics 365 does not let the app act for users."),
    text("Ask an administrator to assign the role Delegate to the application user."),
)
_ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
_CANNOT_ACT = "0x8004a110"  # CannotActOnBehalfOfAnotherUser


def parse_error(status: int, body: object, retry_after_s: float | None = None) -> ChatSyncError:
    """Map the status and body of a failed request to an error."""
    kind, what, next_step = _ERRORS.get(
        status, (Unavailable, text("Dynamics 365 is not responding."), text("Try again in a moment."))
    )
    if status == HTTPStatus.FORBIDDEN and _lacks_impersonation(body):
        kind, what, next_step = _NO_IMPERSONATION
    return with_cause(kind(what, next_step), status, body, retry_after_s)


def require_no_such_row(error: NotFound) -> None:
    """Return if Dataverse itself says that the row does not exist; raise `Unavailable` otherwise.

    A 404 alone is not enough to delete anything, because gateways return it too, and so do wrong paths.
    """
    if (error.code or "").lower() != NO_SUCH_ROW:
        raise _unexpected(error) from error


def require_no_such_table(error: NotFound) -> None:
    """Do the same for a table; Dataverse has several codes for a missing definition."""
    if not (error.code or "").lower().startswith(_OWN_CODES):
        raise _unexpected(error) from error


def _unexpected(error: NotFound) -> Unavailable:
    unexpected = Unavailable("Dynamics 365 returned an unexpected answer.", "Try again in a moment.")
    unexpected.code = error.code
    for note in getattr(error, "__notes__", ()):
        unexpected.add_note(note)
    return unexpected


def _lacks_impersonation(body: object) -> bool:
    """Return whether the app lacks the privilege to act for users; the user's own rights were not checked then."""
    error = body.get("error") if isinstance(body, dict) else None
    message = str(error.get("message")) if isinstance(error, dict) else ""
    return (error_code(body) or "").lower() == _CANNOT_ACT or _ACT_FOR_OTHERS.lower() in message.lower()
