"""Queries on definitions: select, filter, expand ("Query table definitions using the Web API")."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.sandbox.dataverse.metadata.definitions import ColumnDefinition, TableDefinition
from bot.sandbox.dataverse.odata.options import Expand, Query
from bot.sandbox.dataverse.odata.predicates import Reading, predicate
from bot.sandbox.dataverse.odata.tree import Edm, Path, Scalar
from bot.sandbox.errors import bad_query, not_offered, unknown_property
from bot.sandbox.values import Json, JsonObject

OPTIONS = frozenset({"$select", "$filter", "$expand"})
COLUMN_CLASS = "AttributeMetadata"
CHOICES = frozenset({"OptionSet", "GlobalOptionSet"})


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of a kind of definition, as one of them has them."""

    sample: JsonObject
    type_name: str

    def reading(self, path: Path) -> Reading[JsonObject]:
        value: Json = self.sample
        for name in path.names:
            if not isinstance(value, dict) or name not in value:
                raise unknown_property(name, self.type_name)
            value = value[name]

        def read(definition: JsonObject) -> Scalar:
            found: Json = definition
            for name in path.names:
                found = found.get(name) if isinstance(found, dict) else None
            return found if isinstance(found, bool | int | float | str) else None

        return Reading(Edm.ANY, read)

    def collection(self, path: Path) -> "tuple[_Properties, Callable[[JsonObject], Iterable[JsonObject]]]":
        raise not_offered(f"filters of definitions on their collections ('{path.names[0]}')")


def chosen(definition: JsonObject, names: Iterable[str] | None, type_name: str) -> dict[str, Json]:
    """The properties asked for, and the id that always comes back."""
    if names is None:
        return dict(definition)
    unknown = next((name for name in names if name not in definition), None)
    if unknown:
        raise unknown_property(unknown, type_name)
    return {name: definition[name] for name in (*names, "MetadataId")}


def filtered(definitions: Sequence[JsonObject], query: Query, type_name: str) -> Sequence[JsonObject]:
    """The definitions that the filter lets through."""
    if query.filter is None or not definitions:
        return definitions
    test = predicate(query.filter, _Properties(definitions[0], type_name))
    return [each for each in definitions if test(each)]


def table_body(definition: TableDefinition, query: Query) -> JsonObject:
    """A table's definition, with the collections asked for."""
    body = chosen(definition.body, query.select, "EntityMetadata")
    for expand in query.expand:
        body[expand.name] = collection(definition, expand)
    return body


def collection(definition: TableDefinition, expand: Expand) -> Sequence[JsonObject]:
    """Columns, keys or relationships of a table."""
    if expand.name == "Attributes":
        return column_bodies(definition, expand.query, None)
    if expand.name not in definition.collections:
        raise unknown_property(expand.name, "EntityMetadata")
    found = filtered(definition.collections[expand.name], expand.query, "RelationshipMetadataBase")
    return [chosen(each, expand.query.select, "RelationshipMetadataBase") for each in found]


def column_bodies(definition: TableDefinition, query: Query, cast: str | None) -> Sequence[JsonObject]:
    """The columns; with a cast those of one type alone, with what only that type says."""
    columns = [each for each in definition.columns if cast in {None, each.type_name}]
    bodies = {id(column): column_view(column, cast) for column in columns}
    kept = {id(each) for each in filtered(list(bodies.values()), query, cast or COLUMN_CLASS)}
    return [column_body(column, query, cast) for column in columns if id(bodies[id(column)]) in kept]


def column_view(column: ColumnDefinition, cast: str | None) -> JsonObject:
    """The properties that can be chosen and filtered by."""
    if cast is None:
        return column.common
    own = {name: value for name, value in column.own.items() if name not in CHOICES}
    return {**column.common, **own}


def column_body(column: ColumnDefinition, query: Query, cast: str | None) -> JsonObject:
    """One column's definition, with its choices where they are asked for."""
    body = chosen(column_view(column, cast), query.select, cast or COLUMN_CLASS)
    for expand in query.expand:
        if cast is None or expand.name not in CHOICES & column.own.keys():
            raise bad_query(f"Cast the column to its own type to expand '{expand.name}'.")
        value = column.own[expand.name]
        body[expand.name] = chosen(value, expand.query.select, "OptionSetMetadata") if isinstance(value, dict) else None
    if cast is None:
        return {"@odata.type": f"#Microsoft.Dynamics.CRM.{column.type_name}", **body}
    return body
