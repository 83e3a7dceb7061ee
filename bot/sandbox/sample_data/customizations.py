"""Sample apps, and customizations that are installed from the start."""

from collections.abc import Mapping, Sequence

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.writes.payload import parse_payload
from bot.sandbox.guids import named_guid
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import JsonObject

SERVICE_APP, SALES_APP = "contoso_service", "contoso_sales"
"""Unique names of the sample apps."""


def add_apps(builder: SampleBuilder) -> None:
    """Add the model-driven apps."""
    for number, (unique_name, name) in enumerate(((SERVICE_APP, "Contoso Service"), (SALES_APP, "Contoso Sales")), 1):
        builder.add("appmodule", number, name=name, uniquename=unique_name, clienttype=4)


def install(schema: Schema, rows: Rows, customizations: Mapping[str, Sequence[JsonObject]]) -> None:
    """Add rows that are given as bodies of the Web API, by entity set. Web resources are published."""
    builder = SampleBuilder(schema, rows)
    for set_name, bodies in customizations.items():
        table = schema.by_set[set_name]
        for body in bodies:
            payload = parse_payload(schema, table, body)
            row_id = payload.row_id or named_guid(table.name, str(payload.values.get("uniquename")))
            state = {"componentstate": 0} if table.name == "webresource" else {}
            builder.put(table.name, row_id, {**payload.values, **state})
    rows.apply(builder.changes)
