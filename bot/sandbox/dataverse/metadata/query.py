"""Queries on definitions: select, filter, and expand ("Query table definitions using the Web API")."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.sandbox.dataverse.metadata.definitions import ColumnDefinition, TableDefinition
from bot.sandbox.dataverse.odata.options import Expand, Query
from bot.sandbox.dataverse.odata.predicates import PropertyReader, predicate
from bot.sandbox.dataverse.odata.tree import Edm, Path, Scalar
from bot.sandbox.errors import bad_query, not_implemented, unknown_property
from bot.sandbox.values import Json, JsonObject

OPTIONS = frozenset({"$select", "$filter", "$expand"})
COLUMN_CLASS = "AttributeMetadata"
CHOICES = frozenset({"OptionSet", "GlobalOptionSet"})


@dataclass(frozen=True, slots=True)
class _Properties:
    """Properties of one kind of definition, taken from a sample."""

    sample: JsonObject
    type_name: str

    def reader(self, path: Path) -> PropertyReader[JsonObject]:
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

        return PropertyReader(Edm.ANY, read)

    def collection(self, path: Path) -> "tuple[_Properties, Callable[[JsonObject], Iterable[JsonObject]]]":
        raise not_implemented(f"filters on collections of definitions ('{path.names[0]}')")


def select_properties(definition: JsonObject, names: Iterable[str] | None, type_name: str) -> dict[str, Json]:
    """Return the selected properties and the ID, which is always included."""
    if names is None:
        return dict(definition)
    unknown = next((name for name in names if name not in definition), None)
    if unknown:
        raise unknown_property(unknown, type_name)
    return {name: definition[name] for name in (*names, "MetadataId")}


def filter_definitions(definitions: Sequence[JsonObject], query: Query, type_name: str) -> Sequence[JsonObject]:
    """Return the definitions that match the filter."""
    if query.filter is None or not definitions:
        return definitions
    test = predicate(query.filter, _Properties(definitions[0], type_name))
    return [each for each in definitions if test(each)]


def table_body(definition: TableDefinition, query: Query) -> JsonObject:
    """Return a table's definition with the expanded collections."""
    body = select_properties(definition.body, query.select, "EntityMetadata")
    for expand in query.expand:
        body[expand.name] = collection(definition, expand)
    return body


def collection(definition: TableDefinition, expand: Expand) -> Sequence[JsonObject]:
    """Return the columns, keys, or relationships of a table."""
    if expand.name == "Attributes":
        return column_bodies(definition, expand.query, None)
    if expand.name not in definition.collections:
        raise unknown_property(expand.name, "EntityMetadata")
    found = filter_definitions(definition.collections[expand.name], expand.query, "RelationshipMetadataBase")
    return [select_properties(each, expand.query.select, "RelationshipMetadataBase") for each in found]


def column_bodies(definition: TableDefinition, query: Query, cast: str | None) -> Sequence[JsonObject]:
    """Return the columns. A cast limits them to one type and adds the properties of that type."""
    columns = [each for each in definition.columns if cast in {None, each.type_name}]
    bodies = {id(column): selectable_properties(column, cast) for column in columns}
    matching_ids = {id(each) for each in filter_definitions(list(bodies.values()), query, cast or COLUMN_CLASS)}
    return [column_body(column, query, cast) for column in columns if id(bodies[id(column)]) in matching_ids]


def selectable_properties(column: ColumnDefinition, cast: str | None) -> JsonObject:
    """Return the properties that can be selected and filtered."""
    if cast is None:
        return column.common
    own = {name: value for name, value in column.own.items() if name not in CHOICES}
    return {**column.common, **own}


def column_body(column: ColumnDefinition, query: Query, cast: str | None) -> JsonObject:
    """Return a column's definition with its expanded choices."""
    body = select_properties(selectable_properties(column, cast), query.select, cast or COLUMN_CLASS)
    for expand in query.expand:
        if cast is None or expand.name not in CHOICES & column.own.keys():
            raise bad_query(f"Cast the column to its own type to expand '{expand.name}'.")
        value = column.own[expand.name]
        body[expand.name] = (
            select_properties(value, expand.query.select, "OptionSetMetadata") if isinstance(value, dict) else None
        )
    if cast is None:
        return {"@odata.type": f"#Microsoft.Dynamics.CRM.{column.type_name}", **body}
    return body
