"""Compilation of filters to predicates. Properties and types are checked before any row is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeAlias, TypeVar, assert_never

from bot.sandbox.dataverse.odata.like import text_test
from bot.sandbox.dataverse.odata.tree import (
    And,
    Compare,
    Edm,
    Expression,
    Literal,
    Not,
    OneOf,
    Operand,
    Or,
    Path,
    Related,
    Scalar,
    TextMatch,
)
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import as_guid

S = TypeVar("S")

Test: TypeAlias = Callable[[S], bool]


@dataclass(frozen=True, slots=True)
class PropertyReader(Generic[S]):
    """A property's type and a function that reads its value."""

    type: Edm
    read: Callable[[S], Scalar]


class Properties(Protocol[S]):
    """The properties that a filter may use."""

    def reader(self, path: Path) -> PropertyReader[S]:
        """Return the property's reader. Raise `DataverseError` if the property is unknown."""
        ...

    def collection(self, path: Path) -> "tuple[Properties[S], Callable[[S], Iterable[S]]]":
        """Return a collection's member properties and a function to its members. Raise `DataverseError` if unknown."""
        ...


_NUMBERS = frozenset({Edm.INT, Edm.NUMBER})
_PARSERS: Mapping[Edm, Callable[[str], Scalar]] = {
    Edm.STRING: str,
    Edm.INT: int,
    Edm.NUMBER: float,
    Edm.BOOLEAN: {"true": True, "false": False}.__getitem__,
    Edm.GUID: lambda text: as_guid(text) or text,
    Edm.DATE: lambda text: datetime.fromisoformat(text).astimezone(UTC),
}
_MATCHING_ORDERS: Mapping[str, frozenset[int]] = {
    "gt": frozenset({1}),
    "ge": frozenset({0, 1}),
    "lt": frozenset({-1}),
    "le": frozenset({-1, 0}),
}
"""Results of `compare` that satisfy each operator."""


def predicate(tree: Expression, properties: Properties[S]) -> Test[S]:
    """Compile the tree. Raise `DataverseError` for unknown properties and incompatible types."""
    match tree:
        case And(parts):
            tests = [predicate(part, properties) for part in parts]
            return lambda subject: all(test(subject) for test in tests)
        case Or(parts):
            tests = [predicate(part, properties) for part in parts]
            return lambda subject: any(test(subject) for test in tests)
        case Not(inner):
            test = predicate(inner, properties)
            return lambda subject: not test(subject)
        case Compare():
            return _compare(tree, properties)
        case OneOf(path, values):
            kind = properties.reader(path).type
            equal = [_compare(Compare("eq", path, _convert(kind, value)), properties) for value in values]
            return lambda subject: any(test(subject) for test in equal)
        case TextMatch():
            return _text_match(tree, properties)
        case Related():
            return _related(tree, properties)
        case _:
            assert_never(tree)


def _related(tree: Related, properties: Properties[S]) -> Test[S]:
    member_properties, members_of = properties.collection(tree.path)
    test = predicate(tree.inner, member_properties) if tree.inner is not None else _always
    if tree.match_all:
        return lambda subject: all(test(member) for member in members_of(subject))
    return lambda subject: any(test(member) for member in members_of(subject))


def _always(_: object) -> bool:
    return True


def fold_case(value: Scalar) -> Scalar:
    """Return the value for comparisons: text without regard to case, as in Dataverse's collation."""
    return value.casefold() if isinstance(value, str) else value


def compare(left: Scalar, right: Scalar) -> int | None:
    """Compare two values and return 1, 0, or -1. Return None if they cannot be ordered."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return None


def _compare(tree: Compare, properties: Properties[S]) -> Test[S]:
    left, right = _operand_reader(tree.left, properties), _operand_reader(tree.right, properties)
    if right.type is Edm.GUID:
        left = _as_guid(tree.left, left)
    if left.type is Edm.GUID:
        right = _as_guid(tree.right, right)
    _require_compatible(left.type, right.type, tree.operator)
    if tree.operator in {"eq", "ne"}:
        expects_equal = tree.operator == "eq"
        return lambda subject: (fold_case(left.read(subject)) == fold_case(right.read(subject))) is expects_equal
    orders = _MATCHING_ORDERS[tree.operator]
    return lambda subject: compare(fold_case(left.read(subject)), fold_case(right.read(subject))) in orders


def _convert(kind: Edm, literal: Literal) -> Literal:
    """Convert a text value of a list function to the property's type."""
    read = _PARSERS.get(kind)
    if literal.type is not Edm.ANY or read is None:
        return literal
    try:
        return Literal(kind, read(str(literal.value)))
    except (KeyError, OverflowError, ValueError) as error:
        raise bad_query(f"'{str(literal.value)[:100]}' is not a value of type '{kind}'.") from error


def _operand_reader(operand: Operand, properties: Properties[S]) -> PropertyReader[S]:
    if isinstance(operand, Path):
        return properties.reader(operand)
    value = operand.value
    return PropertyReader(operand.type, lambda _: value)


def _as_guid(operand: Operand, operand_reader: PropertyReader[S]) -> PropertyReader[S]:
    """Treat a quoted GUID as a GUID."""
    if isinstance(operand, Literal) and operand.type is Edm.STRING:
        found = as_guid(str(operand.value))
        if found:
            return PropertyReader(Edm.GUID, lambda _: found)
    return operand_reader


def _require_compatible(left: Edm, right: Edm, operator: str) -> None:
    if Edm.ANY in {left, right} or Edm.NULL in {left, right} or left is right or {left, right} <= _NUMBERS:
        return
    raise bad_query(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{left}' and '{right}' for operator '{operator}'."
    )


def _text_match(tree: TextMatch, properties: Properties[S]) -> Test[S]:
    reader = properties.reader(tree.path)
    if reader.type not in {Edm.STRING, Edm.ANY}:
        raise bad_query(f"The function '{tree.function}' requires a text property, not one of type '{reader.type}'.")
    test = text_test(tree.function, tree.text)

    def matches(subject: S) -> bool:
        value = reader.read(subject)
        return isinstance(value, str) and test(value.casefold())

    return matches
