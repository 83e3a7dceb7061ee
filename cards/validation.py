"""Validation of card elements: only known properties, with values of the right type.

Package `adaptivecards` accepts unknown properties, and clients ignore them silently. So a mistake raises an error when
the card is built: a TypeError or ValueError that names the element and the property.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import getattr_static
from typing import Any, Literal, get_args

from adaptivecards.baseobject import BareObject, PropertyType

Size = Literal["Small", "Default", "Medium", "Large", "ExtraLarge"]
Weight = Literal["Lighter", "Default", "Bolder"]
Spacing = Literal["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]
Side = Literal["Left", "Center", "Right"]
Width = Literal["auto", "stretch"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "size": get_args(Size),
    "weight": get_args(Weight),
    "spacing": get_args(Spacing),
    "horizontalAlignment": get_args(Side),
    "width": get_args(Width),
}


class ValidatedElement(BareObject):
    """An element that accepts only its own properties, with values of their types and choices; None leaves one out."""

    def __init__(self, **properties: object) -> None:
        kind = type(self)
        plan = _plan(kind)  # type: ignore[arg-type] # classes are hashable
        data = self._data = plan.blank.copy()
        known = plan.properties
        for name, value in properties.items():
            if value is None:
                continue
            wanted = known.get(name)
            # Inlined: this loop is half of the cost of a card.
            if (
                wanted is None
                or not isinstance(value, wanted.type)
                or value == ""
                or (wanted.choices is not None and value not in wanted.choices)
            ):
                raise _error_for(kind, name, wanted, value)
            data[wanted.key] = value


rendered: Callable[[Any], dict[str, Any]] = BareObject.render
"""Return an element as JSON. Its children are still elements, which the encoder converts."""


def to_json(element: BareObject) -> dict[str, Any]:
    """Return the element and its children as plain JSON."""
    return {name: value if type(value) is str else _plain(value) for name, value in element.render().items()}


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return to_json(value) if isinstance(value, BareObject) else value


def require_all(
    parts: Sequence[object], kind: type | tuple[type, ...], where: str, *, at_most: int | None = None
) -> list[Any]:
    """Return the parts as a list.

    Raise TypeError if it is empty or contains a wrong type, and ValueError if it is too long.
    """
    # A loop, because a generator takes twice as long.
    for part in parts or (None,):
        if not isinstance(part, kind):
            raise TypeError(f"{where} must be a list of {kind} that is not empty")
    if at_most is not None and len(parts) > at_most:
        raise ValueError(f"{where} has more than {at_most}")
    return list(parts)


@dataclass(frozen=True, slots=True)
class _Property:
    """A property of the package, with its allowed choices."""

    key: str
    type: Any
    choices: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """The properties of an element, cached for each class, because they are most of the cost of a card."""

    blank: dict[str, Any]
    properties: Mapping[str, _Property]


@cache
def _plan(kind: type[ValidatedElement]) -> _Plan:
    blank = kind.__new__(kind)
    super(ValidatedElement, blank).__init__()  # type: ignore[no-untyped-call] # the package has no types
    known = {name: getattr_static(kind, name) for name in dir(kind)}
    properties = {
        name: _Property(each.key_name, each.type, _CHOICES.get(name))
        for name, each in known.items()
        if isinstance(each, PropertyType)
    }
    return _Plan(blank.render(), properties)  # type: ignore[no-untyped-call] # as above


def _error_for(kind: type, name: str, known: _Property | None, value: object) -> Exception:
    """Return the error for a property with this value."""
    where = f"{kind.__name__}.{name}"
    if known is None:
        return TypeError(f"{where}: there is no such property")
    if value == "":
        return ValueError(f"{where} is empty")
    error = ValueError if isinstance(value, known.type) else TypeError
    return error(f"{where} cannot be {value!r}")
