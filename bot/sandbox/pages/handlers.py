"""Handlers of the pages for tables, rows, and a single row."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.schema.catalog import BUSINESS_TABLES
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.errors import DataverseError
from bot.sandbox.guids import as_guid
from bot.sandbox.loopback_only import is_own_page
from bot.sandbox.pages.fields import NO_VALUE, facts_of, fields_of
from bot.sandbox.pages.links import linked_row, linked_table, path, record_link, row_path
from bot.sandbox.pages.people import COOKIE, PEOPLE, acting_person, caller_of
from bot.sandbox.pages.rendering import page
from bot.sandbox.pages.timeline import has_timeline, timeline_of
from bot.sandbox.pages.web_resources import FORM, MAIN_GRID, app_of, commands_at
from bot.sandbox.teams.chats import find_chat
from bot.sandbox.teams.sample_organization import TEAMS
from bot.sandbox.values import Row

OTHER_TABLES = ("chat", "annotation", "cs_stocklevel", "systemuser", "asyncoperation")
ROWS_PER_PAGE = 25
NOT_FOUND = "There is no page at this address."

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """A row in a list."""

    row: Row
    name: str
    number: str
    status: str
    created: str


def errors_as_page(handler: Handler) -> Handler:
    """Decorate a handler to show a `DataverseError` as a page."""

    @wraps(handler)
    async def wrapper(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except DataverseError as error:
            return _error_page(request, error)

    return wrapper


def _error_page(request: web.Request, error: DataverseError) -> web.Response:
    if error.status == HTTPStatus.NOT_FOUND:
        values = {"title": "Page not found", "text": NOT_FOUND, "reason": ""}
    else:
        text = f"{acting_person(request).name} cannot open this page."
        values = {"title": "No access", "text": text, "reason": str(error)}
    return page(request, "notice.html", values, error.status)


async def redirect_to_index(request: web.Request) -> web.Response:
    """Redirect from the address without a trailing slash."""
    raise web.HTTPFound(path(request, "index"))


@errors_as_page
async def index(request: web.Request) -> web.Response:
    """Show the tables with the number of rows that the person may read."""
    caller = caller_of(request)
    others = (caller.schema[name] for name in OTHER_TABLES)
    return page(
        request,
        "index.html",
        {
            "tables": _row_counts(request, caller, BUSINESS_TABLES),
            "others": _row_counts(request, caller, others),
            "chats": path(request, "chats"),
            "chat_count": len(request.app[TEAMS].chats()),
            "first_case": _first_case(caller),
            "product_pages": request.app[DATAVERSE].settings.product_pages,
        },
    )


@errors_as_page
async def rows(request: web.Request) -> web.Response:
    """Show a table's rows whose name or number contains the search text, newest first."""
    caller, table = caller_of(request), _table(request)
    caller.require_privilege(Right.READ, table)
    search_text = request.query.get("q", "").strip()
    matches = sorted(_matching(caller, table, search_text), key=lambda row: row.text("createdon"), reverse=True)
    number = _page_number(request)
    start = (number - 1) * ROWS_PER_PAGE
    return page(
        request,
        "rows.html",
        {
            **_app_values(request, caller, MAIN_GRID, table),
            "table": table,
            "lines": _lines(caller, table, matches[start : start + ROWS_PER_PAGE]),
            "total": len(matches),
            "words": search_text,
            "number": number,
            "more": len(matches) > start + ROWS_PER_PAGE,
        },
    )


@errors_as_page
async def row(request: web.Request) -> web.Response:
    """Show a row's editable columns and its read-only values."""
    caller, table = caller_of(request), _table(request)
    row_id = as_guid(request.match_info["row_id"])
    if row_id is None:
        raise _not_found()
    record = caller.read(table, row_id)
    teams = request.app[TEAMS]
    api = path(request, "api", version="v9.2", path=f"{table.set_name}({row_id})")
    return page(
        request,
        "row.html",
        {
            **_app_values(request, caller, FORM, table),
            "table": table,
            "row": record,
            "name": _name(table, record),
            "number": _number(table, record),
            "api": api,
            "link": record_link(request, record.ref),
            "fields": fields_of(caller, table, record),
            "facts": facts_of(caller, table, record),
            "list": path(request, "rows", table=table.name),
            "timeline": timeline_of(caller, record.ref) if has_timeline(table.name) else None,
            "chat_path": lambda chat: path(request, "chat", chat=chat) if find_chat(teams.rows, chat) else "",
        },
    )


async def switch_person(request: web.Request) -> web.Response:
    """Store the person to act as in a cookie and redirect back to the form's page."""
    form = await request.post()
    home = path(request, "index")
    back = str(form.get("back", ""))
    answer = web.HTTPSeeOther(back if back.startswith(home) and "\\" not in back else home)
    if is_own_page(request) and str(form.get("person")) in {person.object_id for person in PEOPLE}:
        answer.set_cookie(COOKIE, str(form["person"]), path=home, httponly=True, samesite="Strict")
    raise answer


@errors_as_page
async def open_record_link(request: web.Request) -> web.Response:
    """Redirect a record link to the row's page, and the link of a list to the table's page."""
    schema = request.app[DATAVERSE].schema
    table, ref = linked_table(schema, request.query), linked_row(schema, request.query)
    if table is not None:
        raise web.HTTPFound(path(request, "rows", table=table.name))
    if ref is None:
        raise _not_found()
    raise web.HTTPFound(row_path(request, ref))


def _app_values(request: web.Request, caller: Caller, location: int, table: Table) -> Mapping[str, object]:
    """Return the values of the model-driven app around a page."""
    return {
        "app": app_of(caller),
        "commands": commands_at(request, caller, location, table.name),
        "resources": path(request, "webresource", resource="-").removesuffix("-"),
        "tables_address": f"{request.url.origin()}{path(request, 'rows', table='-').removesuffix('-')}",
    }


def _table(request: web.Request) -> Table:
    table = request.app[DATAVERSE].schema.get(request.match_info["table"])
    if table is None or not table.set_name:
        raise _not_found()
    return table


def _not_found() -> DataverseError:
    return DataverseError(HTTPStatus.NOT_FOUND, "0x80040217", NOT_FOUND)


def _row_counts(request: web.Request, caller: Caller, tables: Iterable[Table]) -> Sequence[tuple[Table, int, str]]:
    return [
        (table, sum(1 for _ in caller.readable(table)), path(request, "rows", table=table.name)) for table in tables
    ]


def _first_case(caller: Caller) -> Row | None:
    """Return the oldest case that the person may read, with which a newcomer starts."""
    cases = caller.readable(caller.schema["incident"])
    return min(cases, key=lambda row: row.text("createdon"), default=None)


def _matching(caller: Caller, table: Table, search_text: str) -> Iterable[Row]:
    folded_text = search_text.casefold()
    return (
        row
        for row in caller.readable(table)
        if folded_text in _name(table, row).casefold() or folded_text in _number(table, row).casefold()
    )


def _lines(caller: Caller, table: Table, matches: Iterable[Row]) -> Sequence[ListedRow]:
    formatter = Formatter(caller.schema, caller.rows, caller.user.id)
    return [
        ListedRow(
            row=row,
            name=_name(table, row) or NO_VALUE,
            number=_number(table, row),
            status=_formatted(formatter, table, row, "statuscode"),
            created=_formatted(formatter, table, row, "createdon"),
        )
        for row in matches
    ]


def _formatted(formatter: Formatter, table: Table, row: Row, column: str) -> str:
    if column not in table.columns:
        return NO_VALUE
    return formatter.text(row, table.columns[column], row.values.get(column)) or NO_VALUE


def _name(table: Table, row: Row) -> str:
    return row.text(table.primary_name)


def _number(table: Table, row: Row) -> str:
    return row.text(table.number[0]) if table.number else ""


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < len("10000") else 1
