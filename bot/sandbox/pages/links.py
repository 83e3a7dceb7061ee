"""Paths of the pages, relative to the mount point, and record links as in Dynamics 365."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.dataverse.schema.model import Schema, Table
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Ref


def path(request: web.Request, name: str, **parts: str) -> str:
    """Return the path of a named route."""
    return str(request.app.router[name].url_for(**parts))


def row_path(request: web.Request, ref: Ref) -> str:
    """Return the path of a row's page."""
    return path(request, "row", table=ref.table, row_id=ref.id)


def record_link(request: web.Request, ref: Ref) -> str:
    """Return the record link that people share ("Open apps, forms and views with a URL")."""
    page = path(request, "main")
    return f"{request.url.origin()}{page}?pagetype=entityrecord&etn={ref.table}&id={ref.id}"


def linked_row(schema: Schema, query: Mapping[str, str]) -> Ref | None:
    """Return the row in a record link's query, in any supported format, or None for other pages."""
    parameters = {name.lower(): value for name, value in query.items()}
    nested = {
        name.lower(): value for name, value in parse_qsl(parameters.get("extraqs", "").lstrip("?"), max_num_fields=50)
    }
    parameters = {**nested, **parameters}
    row_id = as_guid(parameters.get("id", ""))
    table = schema.get(parameters.get("etn", "").lower()) or _by_code(schema, parameters.get("etc", ""))
    is_record = parameters.get("pagetype", "entityrecord").lower() == "entityrecord"
    return Ref(table.name, row_id) if table and row_id and is_record else None


def linked_table(schema: Schema, query: Mapping[str, str]) -> Table | None:
    """Return the table in the link of a list of records, or None for other pages."""
    parameters = {name.lower(): value for name, value in query.items()}
    is_list = parameters.get("pagetype", "").lower() == "entitylist"
    return schema.get(parameters.get("etn", "").lower()) if is_list else None


def _by_code(schema: Schema, code: str) -> Table | None:
    return next((table for table in schema.by_set.values() if str(table.type_code) == code), None)
