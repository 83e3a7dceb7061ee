"""The Web API's rows, errors and queries (Microsoft Dataverse developer guide, "Use the Web API"). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.formatting import canonical_instant
from bot.domain.rights import Role
from bot.domain.tables import LOOKUPS, Column, ColumnType, ColumnValue, Raw, Row
from bot.domain.values import ObjectId
from bot.html_text import looks_rich, plain_text
from bot.http.odata_errors import error_code, with_cause

API = "api/data/v9.2"

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
ANNOTATIONS = f'odata.include-annotations="{FORMATTED},{LOOKUP_TABLE}"'

ROLE_PROPERTIES = "name,_roletemplateid_value"

NO_SUCH_ROW = "0x80040217"
"""The code of a row that is not there ("Web service error codes", ObjectDoesNotExist); 404 alone may be of a path."""

_OWN_CODES = "0x"
"""How Dataverse's codes begin ("Web service error codes")."""

_TEXTS = frozenset({ColumnType.STRING, ColumnType.MEMO})
# Wildcards of `contains_filter` ("Filter rows", wildcard characters); brackets turn them into plain characters.
_WILDCARDS = str.maketrans({"[": "[[]", "%": "[%]", "_": "[_]"})


def headers(caller: ObjectId | None, prefer: Iterable[str] = ()) -> dict[str, str]:
    """The headers of a request, made for the caller where there is one ("Impersonate another user")."""
    asked = {
        "Accept": "application/json",
        "OData-Version": "4.0",
        "OData-MaxVersion": "4.0",
        "If-None-Match": "null",
        "Prefer": ", ".join(prefer),
        "CallerObjectId": caller or "",
    }
    return {name: value for name, value in asked.items() if value}


def quote_literal(text: str) -> str:
    """A text as OData writes it in a filter."""
    return "'" + text.replace("'", "''") + "'"


def contains_filter(column: str, words: str) -> str:
    """A filter: the column holds each of the words."""
    parts = (f"contains({column},{quote_literal(word.translate(_WILDCARDS))})" for word in words.split())
    return " and ".join(parts)


def begins_with_filter(column: str, words: str) -> str:
    """A filter: the column begins with the words."""
    return f"startswith({column},{quote_literal(words.translate(_WILDCARDS))})"


def select_clause(columns: Iterable[Column]) -> str:
    """The columns as `$select` names them: a lookup is selected by the property that holds its row's id."""
    return ",".join(dict.fromkeys(property_name(column) for column in columns if not column.through))


def expand_clause(columns: Iterable[Column]) -> str:
    """The linked columns as `$expand` names them, each below the row that it is of."""
    linked: dict[str, list[Column]] = {}
    for column in columns:
        if column.through:
            linked.setdefault(column.through[0], []).append(replace(column, through=column.through[1:]))
    return ",".join(f"{way}({_inside(inner)})" for way, inner in linked.items())


def _inside(columns: Sequence[Column]) -> str:
    asked = {"$select": select_clause(columns), "$expand": expand_clause(columns)}
    return ";".join(f"{name}={value}" for name, value in asked.items() if value)


def property_name(column: Column) -> str:
    """The column's property in the JSON of the row that it is of."""
    name = column.name.rpartition(".")[2]
    return f"_{name}_value" if column.type in LOOKUPS else name


def parse_role(body: Mapping[str, Any]) -> Role:
    """The security role in an answer."""
    template = body.get("_roletemplateid_value")
    return Role(name=str(body.get("name") or ""), template=str(template).lower() if template else None)


def parse_row(body: Mapping[str, Any], primary_id: str, columns: Sequence[Column]) -> Row:
    """The row in an answer; raises `Unavailable` where the answer is not one."""
    row_id = body.get(primary_id)
    if not isinstance(row_id, str):
        raise Unavailable("Dynamics 365 gave an answer without a row.", "Try again in a moment.")
    values = {column.name: _value(_linked_row(body, column.through), column) for column in columns}
    return Row(id=row_id.lower(), values=values, etag=str(body.get("@odata.etag", "")))


def _linked_row(body: Mapping[str, Any], through: Sequence[str]) -> Mapping[str, Any]:
    """The row that the properties lead to; an empty one where none is linked, or none for this caller."""
    for way in through:
        inner = body.get(way)
        body = inner if isinstance(inner, dict) else {}
    return body


def _value(body: Mapping[str, Any], column: Column) -> ColumnValue:
    name = property_name(column)
    raw, text = body.get(name), body.get(f"{name}@{FORMATTED}")
    if raw is None:
        return ColumnValue(raw=None)
    if column.type in LOOKUPS:
        raw = f"{body.get(f'{name}@{LOOKUP_TABLE}', '')}:{raw}".lower()
    if column.type in _TEXTS:
        return text_value(column, str(raw))
    return ColumnValue(raw=_raw(column, raw), text=text if isinstance(text, str) else None)


def text_value(column: Column, raw: str) -> ColumnValue:
    """A text column's value; rich text is shown as plain text."""
    rich = column.rich_text or (column.type is ColumnType.MEMO and looks_rich(raw))
    return ColumnValue(raw=raw, text=plain_text(raw) if rich else None)


def _raw(column: Column, raw: object) -> Raw:
    if column.type is ColumnType.MULTI_SELECT:
        return tuple(sorted(int(number) for number in str(raw).split(",") if number.strip().lstrip("-").isdigit()))
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return canonical_instant(raw) or raw
    return raw if isinstance(raw, str | int | float | bool) else str(raw)


_ERRORS: Mapping[int, tuple[type[ChatSyncError], str, str]] = {
    HTTPStatus.BAD_REQUEST: (BadRequest, "Dynamics 365 did not understand the request.", "Write it in other words."),
    HTTPStatus.UNAUTHORIZED: (
        Unavailable,
        "Dynamics 365 does not accept the app's sign-in.",
        "Ask an administrator to check it.",
    ),
    HTTPStatus.FORBIDDEN: (
        NotAllowed,
        "You do not have access to this in Dynamics 365.",
        "Ask your administrator for access.",
    ),
    HTTPStatus.PRECONDITION_FAILED: (
        Conflict,
        "Somebody changed this in Dynamics 365 at the same time.",
        "Look at it again, and then try again.",
    ),
    HTTPStatus.GONE: (NotFound, "This is not there in Dynamics 365 any more.", "Look for what is there now."),
    HTTPStatus.NOT_FOUND: (NotFound, "This is not there in Dynamics 365.", "Check the link or the number."),
}


_MAY_NOT_ACT = (
    Unavailable,
    "Dynamics 365 does not let the app act for people.",
    "Ask an administrator to give the app's user the role Delegate.",
)
_ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
_CANNOT_ACT = "0x8004a110"  # CannotActOnBehalfOfAnotherUser


def parse_error(status: int, body: object, retry_after_s: float | None = None) -> ChatSyncError:
    """The error that an answer which is no success stands for."""
    kind, what, next_step = _ERRORS.get(
        status, (Unavailable, "Dynamics 365 does not answer.", "Try again in a moment.")
    )
    if status == HTTPStatus.FORBIDDEN and _is_about_the_app(body):
        kind, what, next_step = _MAY_NOT_ACT
    return with_cause(kind(what, next_step), status, body, retry_after_s)


def require_no_such_row(error: NotFound) -> None:
    """Returns where Dataverse itself says that a row is not there; else raises `Unavailable`.

    Where more follows from it than a line to a person a 404 is not enough: gateways answer so too, and wrong paths.
    """
    if (error.code or "").lower() != NO_SUCH_ROW:
        raise _unsaid(error) from error


def require_no_such_table(error: NotFound) -> None:
    """The same of a table: its definition is missed under several codes, all of them Dataverse's own."""
    if not (error.code or "").lower().startswith(_OWN_CODES):
        raise _unsaid(error) from error


def _unsaid(error: NotFound) -> Unavailable:
    unsaid = Unavailable("Dynamics 365 gave an answer of an unknown kind.", "Try again in a moment.")
    unsaid.code = error.code
    for note in getattr(error, "__notes__", ()):
        unsaid.add_note(note)
    return unsaid


def _is_about_the_app(body: object) -> bool:
    """Whether the app lacks the right to act for people: what the person may do has not been looked at then."""
    error = body.get("error") if isinstance(body, dict) else None
    message = str(error.get("message")) if isinstance(error, dict) else ""
    return (error_code(body) or "").lower() == _CANNOT_ACT or _ACT_FOR_OTHERS.lower() in message.lower()
