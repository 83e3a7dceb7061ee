"""Convert JSON of the Bot Framework to botbuilder's models and back: like msrest, but about fifteen times faster.

msrest looks up every attribute of each model in its `_attribute_map`. This codec makes a plan once for each class, and
leaves exceptions to msrest. A property test ensures that both give the same results. The codec relies on the pinned
version of botbuilder.
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

from bot.text.json_text import dumps

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]

_MODELS: Mapping[str, type[Model]] = {
    name: each for name, each in vars(schema).items() if isinstance(each, type) and issubclass(each, Model)
}
_READ = Deserializer(_MODELS)
_WRITE = Serializer(_MODELS)

# The format that Teams sends; other formats of a time are left to msrest.
_INSTANT = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)

_EXACT: Mapping[str, type] = {"str": str, "bool": bool}
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class _ReadPlan:
    """The plan for reading a class."""

    blank: Mapping[str, Any]
    """The attributes of an empty model."""
    fields: Mapping[str, tuple[str, type | None, Convert]]
    """For each JSON key: the attribute, the type that needs no conversion, and the conversion of other types."""


def decode(kind: type[M], body: Mapping[str, Any]) -> M:
    """Convert a JSON object to the model; unknown keys go to its `additional_properties`.

    Raise ValueError if the type of a value cannot be converted to the type of the attribute.
    """
    try:
        return _decode(kind, body)
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no {kind.__name__}") from error


def _decode(kind: type[M], body: Mapping[str, Any]) -> M:
    plan = _read_plan(kind)  # type: ignore[arg-type] # a class is hashable even if its instances are not
    if plan is None:
        model: M = _READ(kind.__name__, body)
        return model
    model = kind.__new__(kind)
    attributes = vars(model)
    attributes.update(plan.blank)
    extra = attributes["additional_properties"] = {}
    fields = plan.fields
    for key, value in body.items():
        field = fields.get(key)
        if field is None:
            extra[key] = value
        elif value is not None:
            attribute, exact, convert = field
            attributes[attribute] = value if type(value) is exact else convert(value)
    return model


@cache
def _read_plan(kind: type[Model]) -> _ReadPlan | None:
    """Return the plan, or None for a class with logic beyond its map, which msrest has to read."""
    known = kind._attribute_map  # noqa: SLF001 - msrest's name for the fields of generated models
    keys = [each["key"] for each in known.values()]
    blank = vars(kind(**dict.fromkeys(known)))
    plain = all(isinstance(value, _PLAIN) for name, value in blank.items() if name != "additional_properties")
    if not plain or len(set(keys)) < len(keys) or any("." in key or not key for key in keys):
        return None
    fields = {each["key"]: (name, *_read_conversion(each["type"])) for name, each in known.items()}
    return _ReadPlan(blank, fields)


def _read_conversion(kind: str) -> tuple[type | None, Convert]:
    """Return the type that needs no conversion, and the conversion of other types."""
    if kind == "object":
        return None, _unchanged
    if kind == "iso-8601":
        return None, _instant
    if kind in _MODELS:
        return None, _model_reader(kind)
    if kind[:1] == "[" and kind[1:-1] in _MODELS:
        return None, _list_reader(kind)
    return _EXACT.get(kind), lambda value: _READ.deserialize_data(value, kind)


def _unchanged(value: Any) -> Any:
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
    return lambda value: _decode(model, value)


def _list_reader(kind: str) -> Convert:
    model = _MODELS[kind[1:-1]]

    def read(value: Any) -> Any:
        if type(value) is not list:
            return _READ.deserialize_data(value, kind)
        return [each if each is None else _decode(model, each) for each in value]

    return read


def encode(model: Model) -> bytes:
    """Convert the model to JSON. Bytes in a field of any type are finished JSON and are inserted unchanged."""
    return dumps(_encode(model), default=_encode_other, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _encode(model: Model) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    attributes = vars(model)
    for attribute, key, exact, convert in _write_plan(type(model)):  # type: ignore[arg-type] # as above
        value = attributes.get(attribute)
        if value is not None:
            encoded[key] = value if type(value) is exact else convert(value)
    return encoded


@cache
def _write_plan(kind: type[Model]) -> tuple[tuple[str, str, type | None, Convert], ...]:
    """Return, for each attribute, its key, the type that needs no conversion, and the conversion of other types."""
    known = kind._attribute_map  # noqa: SLF001 - as above
    return tuple((name, each["key"], *_write_conversion(each["type"])) for name, each in known.items())


def _write_conversion(kind: str) -> tuple[type | None, Convert]:
    if kind == "object":
        return None, _raw_if_bytes
    if kind in _MODELS:
        return None, _encode_if_model
    if kind[:1] == "[" and kind[1:-1] in _MODELS:
        return None, lambda value: [_encode_if_model(each) for each in value]
    return _EXACT.get(kind), lambda value: _WRITE.serialize_data(value, kind)


def _raw_if_bytes(value: Any) -> Any:
    return orjson.Fragment(value) if type(value) is bytes else value


def _encode_if_model(value: Any) -> Any:
    return _encode(value) if isinstance(value, Model) else value


def _encode_other(value: Any) -> Any:
    """Convert a value without a JSON form inside a field of any type: a model, or a type that msrest can serialize."""
    return _encode(value) if isinstance(value, Model) else _WRITE.serialize_object(value)
