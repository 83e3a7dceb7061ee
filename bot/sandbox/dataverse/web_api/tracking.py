"""Change tracking: `Prefer: odata.track-changes` and delta links."""

from http import HTTPStatus

from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.odata.delta import (
    Position,
    Token,
    delta,
    is_tracking,
    parse_position,
    parse_token,
    start_position,
)
from bot.sandbox.dataverse.odata.options import Query, parse_query
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Removal
from bot.sandbox.values import Json

TOKEN = "$deltatoken"  # noqa: S105 - the name of a query option
_PAGE = "$skiptoken"
_UNSUPPORTED_OPTIONS = ("$filter", "$orderby", "$expand", "$top", "$count", "$apply")


def is_change_query(ctx: RequestContext) -> bool:
    """Return True if the client requests a delta link, follows one, or requests a further page of changes."""
    query = ctx.request.query
    return ctx.preferences.track_changes or TOKEN in query or is_tracking(query.get(_PAGE, ""))


def list_changes(ctx: RequestContext, table: Table) -> web.Response:
    """Return the changes and the next delta link. Without a token, return all rows.

    Raise `DataverseError` if the table is not tracked or the caller may not read all of its rows.
    """
    query, start = _query(ctx, table), _start(ctx)
    found = delta(ctx.caller, table, start, ctx.preferences.page_size)
    serializer = ctx.serializer
    context = serializer.context(table, query)
    deleted: list[Json] = [_deleted_entity(ctx, table, each) for each in found.removals]
    body: dict[str, Json] = {
        "@odata.context": f"{context}/$delta" if TOKEN in ctx.request.query else context,
        "value": [*(serializer.row(row, query) for row in found.rows), *deleted],
    }
    if found.next:
        body["@odata.nextLink"] = _link(ctx, _PAGE, str(found.next))
    else:
        body["@odata.deltaLink"] = _link(ctx, TOKEN, str(start.token))
    return ctx.json(body)


def count_changes(ctx: RequestContext, table: Table) -> web.Response:
    """Return the number of changed and deleted rows, as plain text."""
    _query(ctx, table)
    found = delta(ctx.caller, table, _start(ctx), None)
    text = str(len(found.rows) + len(found.removals))
    return web.Response(text=text, headers={"OData-Version": "4.0"})


def _query(ctx: RequestContext, table: Table) -> Query:
    """Return the columns to select. Change tracking supports no other query option."""
    if not table.tracked:
        raise DataverseError(
            HTTPStatus.BAD_REQUEST, "0x80072491", f"Entity {table.name} isn't enabled for change tracking."
        )
    if not ctx.caller.everywhere(Right.READ, table):
        raise ctx.caller.privilege_error(Right.READ, table)
    for name in _UNSUPPORTED_OPTIONS:
        if name in ctx.request.query:
            raise bad_query(f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.')
    query = parse_query(ctx.request.query.items(), {"$select", TOKEN, _PAGE})
    ctx.serializer.validate(table, query)
    return query


def _start(ctx: RequestContext) -> Position:
    options, version = ctx.request.query, ctx.caller.rows.version
    now = ctx.dataverse.now()
    if _PAGE in options:
        return parse_position(options[_PAGE], version, now)
    since = parse_token(options[TOKEN], version, now) if TOKEN in options else None
    return start_position(Token(version=version, at=now), since)


def _deleted_entity(ctx: RequestContext, table: Table, removal: Removal) -> Json:
    context = f"{ctx.base}/$metadata#{table.set_name}/$deletedEntity"
    return {"@odata.context": context, "id": removal.ref.id, "reason": "deleted"}


def _link(ctx: RequestContext, name: str, token: str) -> str:
    parameters = [(key, value) for key, value in ctx.request.query.items() if key not in {TOKEN, _PAGE}]
    if name == _PAGE and TOKEN in ctx.request.query:
        parameters.append((TOKEN, ctx.request.query[TOKEN]))
    return str((URL(ctx.base) / ctx.request.path).with_query([*parameters, (name, token)]))
