"""Alternate keys as `EntityKeyMetadata`."""

from collections.abc import Sequence

from bot.sandbox.dataverse.metadata.labels import label
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.guids import named_guid
from bot.sandbox.values import JsonObject


def key_definitions(table: Table) -> Sequence[JsonObject]:
    """Return the definitions of a table's alternate keys."""
    return [
        {
            "MetadataId": named_guid("key", table.name, key.name),
            "LogicalName": key.name,
            "SchemaName": key.name,
            "EntityLogicalName": table.name,
            "DisplayName": label(" and ".join(table.columns[name].label for name in key.columns)),
            "KeyAttributes": list(key.columns),
            "EntityKeyIndexStatus": "Active",
            "IsManaged": True,
        }
        for key in table.keys
    ]
