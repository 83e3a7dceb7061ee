"""JSON of the Bot Framework to botbuilder's models and back, as msrest does it and some fifteen times as fast.

msrest looks every attribute up anew in each model's `_attribute_map`. Here a plan is made once for each class, and
msrest is asked only for what is not as the map says: so both always come to the same (a property test holds them to
it). It relies on the pinned version of botbuilder.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from botbuilder import schema
from msrest import Deserializer, Serializer
from msrest.serialization import Model

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]

_MODELS: Mapping[str, type[Model]] = {
    name: each for name, each in vars(schema).items() if isinstance(each, type) and issubclass(each, Model)
}
_READ = Deserializer(_MODELS)
_WRITE = Serializer(_MODELS)

# What Teams sends; every other spelling of an instant is left to msrest.
_INSTANT = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)

_EXACT: Mapping[str, type] = {"str": str, "bool": bool}
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a class is read."""

    blank: Mapping[str, Any]
    """The attributes of an empty model."""
    fields: Mapping[str, tuple[str, type | None, Convert]]
    """For each key of the JSON its attribute, the type that is taken as it is, and what becomes of other types."""


def decode(kind: type[M], body: Mapping[str, Any]) -> M:
    """The model in a JSON object; what the model does not know is in its `additional_properties`.

    Raises ValueError where a value has another type than the model's attribute and cannot be taken for it.
    """
    try:
        return _decoded(kind, body)
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no {kind.__name__}") from error


def _decoded(kind: type[M], body: Mapping[str, Any]) -> M:
    plan = _reading(kind)  # type: ignore[arg-type] # a class has a hash, whatever its instances have
    if plan is None:
        model: M = _READ(kind.__name__, body)
        return model
    model = kind.__new__(kind)
    attributes = vars(model)
    attributes.update(plan.blank)
    more = attributes["additional_properties"] = {}
    fields = plan.fields
    for key, value in body.items():
        field = fields.get(key)
        if field is None:
            more[key] = value
        elif value is not None:
            attribute, exact, convert = field
            attributes[attribute] = value if type(value) is exact else convert(value)
    return model


@cache
def _reading(kind: type[Model]) -> _Reading | None:
    """The plan; None for a class that is more than its map, which msrest has to read."""
    known = kind._attribute_map  # noqa: SLF001 - msrest's own name for what generated models declare
    keys = [each["key"] for each in known.values()]
    blank = vars(kind(**dict.fromkeys(known)))
    plain = all(isinstance(value, _PLAIN) for name, value in blank.items() if name != "additional_properties")
    if not plain or len(set(keys)) < len(keys) or any("." in key or not key for key in keys):
        return None
    fields = {each["key"]: (name, *_reader(each["type"])) for name, each in known.items()}
    return _Reading(blank, fields)


def _reader(kind: str) -> tuple[type | None, Convert]:
    """The type that is taken as it is, and how others are converted."""
    if kind == "object":
        return None, _as_it_is
    if kind == "iso-8601":
        return None, _instant
    if kind in _MODELS:
        return None, _model_reader(kind)
    if kind[:1] == "[" and kind[1:-1] in _MODELS:
        return None, _list_reader(kind)
    return _EXACT.get(kind), lambda value: _READ.deserialize_data(value, kind)


def _as_it_is(value: Any) -> Any:
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    return _READ.deserialize_data(value, "iso-8601")


def _model_reader(kind: str) -> Convert:
    model = _MODELS[kind]
    return lambda value: _decoded(model, value)


def _list_reader(kind: str) -> Convert:
    model = _MODELS[kind[1:-1]]

    def read(value: Any) -> Any:
        if type(value) is not list:
            return _READ.deserialize_data(value, kind)
        return [each if each is None else _decoded(model, each) for each in value]

    return read


def encode(model: Model) -> bytes:
    """The model's JSON. Bytes in a place for any object are JSON already and go in as they are."""
    return orjson.dumps(_told(model), default=_unforeseen, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _told(model: Model) -> dict[str, Any]:
    told: dict[str, Any] = {}
    attributes = vars(model)
    for attribute, key, exact, convert in _writing(type(model)):  # type: ignore[arg-type] # as above
        value = attributes.get(attribute)
        if value is not None:
            told[key] = value if type(value) is exact else convert(value)
    return told


@cache
def _writing(kind: type[Model]) -> tuple[tuple[str, str, type | None, Convert], ...]:
    """For each attribute its key, the type that is written as it is, and how others are."""
    known = kind._attribute_map  # noqa: SLF001 - as above
    return tuple((name, each["key"], *_writer(each["type"])) for name, each in known.items())


def _writer(kind: str) -> tuple[type | None, Convert]:
    if kind == "object":
        return None, _any_object
    if kind in _MODELS:
        return None, _told_or_plain
    if kind[:1] == "[" and kind[1:-1] in _MODELS:
        return None, lambda value: [_told_or_plain(each) for each in value]
    return _EXACT.get(kind), lambda value: _WRITE.serialize_data(value, kind)


def _any_object(value: Any) -> Any:
    return orjson.Fragment(value) if type(value) is bytes else value


def _told_or_plain(value: Any) -> Any:
    return _told(value) if isinstance(value, Model) else value


def _unforeseen(value: Any) -> Any:
    """What JSON has no form for, within an object of any kind: a model, or what msrest makes of it."""
    return _told(value) if isinstance(value, Model) else _WRITE.serialize_object(value)
