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
class Reading(Generic[S]):
    """A property's type and a function that reads its value."""

    type: Edm
    read: Callable[[S], Scalar]


class Properties(Protocol[S]):
    """The properties that a filter may use."""

    def reading(self, path: Path) -> Reading[S]:
        """Return the property's reader. Raise `DataverseError` if the property is unknown."""
        ...

    def collection(self, path: Path) -> "tuple[Properties[S], Callable[[S], Iterable[S]]]":
        """Return a collection's member properties and a function to its members. Raise `DataverseError` if unknown."""
        ...


_NUMBERS = frozenset({Edm.INT, Edm.NUMBER})
_READ: Mapping[Edm, Callable[[str], Scalar]] = {
    Edm.STRING: str,
    Edm.INT: int,
    Edm.NUMBER: float,
    Edm.BOOLEAN: {"true": True, "false": False}.__getitem__,
    Edm.GUID: lambda text: as_guid(text) or text,
    Edm.DATE: lambda text: datetime.fromisoformat(text).astimezone(UTC),
}
_SIGNS: Mapping[str, frozenset[int]] = {
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
            kind = properties.reading(path).type
            equal = [_compare(Compare("eq", path, _typed(kind, value)), properties) for value in values]
            return lambda subject: any(test(subject) for test in equal)
        case TextMatch():
            return _text_match(tree, properties)
        case Related():
            return _related(tree, properties)
        case _:
            assert_never(tree)


def _related(tree: Related, properties: Properties[S]) -> Test[S]:
    members, find = properties.collection(tree.path)
    test = predicate(tree.inner, members) if tree.inner is not None else _always
    if tree.every:
        return lambda subject: all(test(member) for member in find(subject))
    return lambda subject: any(test(member) for member in find(subject))


def _always(_: object) -> bool:
    return True


def folded(value: Scalar) -> Scalar:
    """Return the value for comparisons: text without regard to case, as in Dataverse's collation."""
    return value.casefold() if isinstance(value, str) else value


def sign(left: Scalar, right: Scalar) -> int | None:
    """Compare two values and return 1, 0, or -1. Return None if they cannot be ordered."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return None


def _compare(tree: Compare, properties: Properties[S]) -> Test[S]:
    left, right = _side(tree.left, properties), _side(tree.right, properties)
    if right.type is Edm.GUID:
        left = _as_guid(tree.left, left)
    if left.type is Edm.GUID:
        right = _as_guid(tree.right, right)
    _require_alike(left.type, right.type, tree.operator)
    if tree.operator in {"eq", "ne"}:
        wanted = tree.operator == "eq"
        return lambda subject: (folded(left.read(subject)) == folded(right.read(subject))) is wanted
    signs = _SIGNS[tree.operator]
    return lambda subject: sign(folded(left.read(subject)), folded(right.read(subject))) in signs


def _typed(kind: Edm, literal: Literal) -> Literal:
    """Convert a text value of a list function to the property's type."""
    read = _READ.get(kind)
    if literal.type is not Edm.ANY or read is None:
        return literal
    try:
        return Literal(kind, read(str(literal.value)))
    except (KeyError, OverflowError, ValueError) as error:
        raise bad_query(f"'{str(literal.value)[:100]}' is no value of type '{kind}'.") from error


def _side(operand: Operand, properties: Properties[S]) -> Reading[S]:
    if isinstance(operand, Path):
        return properties.reading(operand)
    value = operand.value
    return Reading(operand.type, lambda _: value)


def _as_guid(operand: Operand, side: Reading[S]) -> Reading[S]:
    """Treat a quoted GUID as a GUID."""
    if isinstance(operand, Literal) and operand.type is Edm.STRING:
        found = as_guid(str(operand.value))
        if found:
            return Reading(Edm.GUID, lambda _: found)
    return side


def _require_alike(left: Edm, right: Edm, operator: str) -> None:
    if Edm.ANY in {left, right} or Edm.NULL in {left, right} or left is right or {left, right} <= _NUMBERS:
        return
    raise bad_query(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{left}' and '{right}' for operator '{operator}'."
    )


def _text_match(tree: TextMatch, properties: Properties[S]) -> Test[S]:
    reading = properties.reading(tree.path)
    if reading.type not in {Edm.STRING, Edm.ANY}:
        raise bad_query(f"The function '{tree.function}' takes a text property, not one of type '{reading.type}'.")
    test = text_test(tree.function, tree.text)

    def matches(subject: S) -> bool:
        value = reading.read(subject)
        return isinstance(value, str) and test(value.casefold())

    return matches
