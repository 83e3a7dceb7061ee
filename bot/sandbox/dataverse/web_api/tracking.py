"""Change tracking: `Prefer: odata.track-changes` and delta links."""

from http import HTTPStatus

from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.odata.delta import Position, Token, delta, first, is_tracking, position_of, token_of
from bot.sandbox.dataverse.odata.options import Query, query_of
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.web_api.request_context import Exchange
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Removal
from bot.sandbox.values import Json

TOKEN = "$deltatoken"  # noqa: S105 - the name of a query option
_PAGE = "$skiptoken"
_NOT_TRACKED = ("$filter", "$orderby", "$expand", "$top", "$count", "$apply")


def asks_for_changes(exchange: Exchange) -> bool:
    """Return True if the client requests a delta link, follows one, or requests a further page of changes."""
    query = exchange.request.query
    return exchange.preferences.track_changes or TOKEN in query or is_tracking(query.get(_PAGE, ""))


def changes(exchange: Exchange, table: Table) -> web.Response:
    """Return the changes and the next delta link. Without a token, return all rows.

    Raise `DataverseError` if the table is not tracked or the caller may not read all of its rows.
    """
    query, start = _query(exchange, table), _start(exchange)
    found = delta(exchange.caller, table, start, exchange.preferences.page_size)
    answers = exchange.answers
    context = answers.context(table, query)
    gone: list[Json] = [_deleted(exchange, table, each) for each in found.removals]
    body: dict[str, Json] = {
        "@odata.context": f"{context}/$delta" if TOKEN in exchange.request.query else context,
        "value": [*(answers.row(row, query) for row in found.rows), *gone],
    }
    if found.next:
        body["@odata.nextLink"] = _link(exchange, _PAGE, str(found.next))
    else:
        body["@odata.deltaLink"] = _link(exchange, TOKEN, str(start.token))
    return exchange.json(body)


def count_of_changes(exchange: Exchange, table: Table) -> web.Response:
    """Return the number of changed and deleted rows, as plain text."""
    _query(exchange, table)
    found = delta(exchange.caller, table, _start(exchange), None)
    text = str(len(found.rows) + len(found.removals))
    return web.Response(text=text, headers={"OData-Version": "4.0"})


def _query(exchange: Exchange, table: Table) -> Query:
    """Return the columns to select. Change tracking supports no other query option."""
    if not table.tracked:
        raise DataverseError(
            HTTPStatus.BAD_REQUEST, "0x80072491", f"Entity {table.name} isn't enabled for change tracking."
        )
    if not exchange.caller.everywhere(Right.READ, table):
        raise exchange.caller.refusal(Right.READ, table)
    for name in _NOT_TRACKED:
        if name in exchange.request.query:
            raise bad_query(f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.')
    query = query_of(exchange.request.query.items(), {"$select", TOKEN, _PAGE})
    exchange.answers.check(table, query)
    return query


def _start(exchange: Exchange) -> Position:
    given, version = exchange.request.query, exchange.caller.rows.version
    now = exchange.dataverse.now()
    if _PAGE in given:
        return position_of(given[_PAGE], version, now)
    since = token_of(given[TOKEN], version, now) if TOKEN in given else None
    return first(Token(version=version, at=now), since)


def _deleted(exchange: Exchange, table: Table, removal: Removal) -> Json:
    context = f"{exchange.base}/$metadata#{table.set_name}/$deletedEntity"
    return {"@odata.context": context, "id": removal.ref.id, "reason": "deleted"}


def _link(exchange: Exchange, name: str, token: str) -> str:
    kept = [(key, value) for key, value in exchange.request.query.items() if key not in {TOKEN, _PAGE}]
    if name == _PAGE and TOKEN in exchange.request.query:
        kept.append((TOKEN, exchange.request.query[TOKEN]))
    return str((URL(exchange.base) / exchange.request.path).with_query([*kept, (name, token)]))
