"""Encoding of changes as journal lines."""

from collections.abc import Mapping
from typing import TypeVar

import orjson

from bot.sandbox.storage.rows import Changes, Removal
from bot.sandbox.values import Json, JsonObject, Ref, Row, Value

_Kind = TypeVar("_Kind")


class DamagedLine(ValueError):
    """A journal line that this program did not write."""


def encode_changes(changes: Changes) -> bytes:
    """Encode changes as a line that `decode_changes` decodes."""
    body = {
        "version": changes.version,
        "put": [[row.table, row.id, row.version, _encode_values(row.values)] for row in changes.put],
        "removed": [[each.ref.table, each.ref.id, each.version] for each in changes.removed],
    }
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def decode_changes(line: bytes) -> Changes:
    """Decode the changes in a line. Raise `DamagedLine` if the line is invalid."""
    try:
        return _decode_changes(_expect(dict, orjson.loads(line)))
    except ValueError as error:
        raise DamagedLine(line[:100]) from error


def _decode_changes(body: Mapping[str, object]) -> Changes:
    return Changes(
        version=_expect(int, body.get("version")),
        put=[_decode_row(each) for each in _expect(list, body.get("put"))],
        removed=[
            _decode_removal(each, _expect(int, body.get("version"))) for each in _expect(list, body.get("removed"))
        ],
    )


def _decode_removal(parts: object, version: int) -> Removal:
    """Decode a removal. Older files lack its own version, so the transaction's version replaces it."""
    table, row_id, *version_part = _expect(list, parts)
    return Removal(
        Ref(_expect(str, table), _expect(str, row_id)), _expect(int, version_part[0]) if version_part else version
    )


def _encode_values(values: Mapping[str, Value]) -> JsonObject:
    return {name: _encoded_value(value) for name, value in values.items() if value is not None}


def _encoded_value(value: Value) -> Json:
    return {"table": value.table, "id": value.id} if isinstance(value, Ref) else value


def _decode_row(parts: object) -> Row:
    table, row_id, version, values = _expect(list, parts)
    decoded = {name: _decode_value(value) for name, value in _expect(dict, values).items()}
    return Row(table=_expect(str, table), id=_expect(str, row_id), version=_expect(int, version), values=decoded)


def _decode_value(value: object) -> Value:
    if isinstance(value, dict):
        return Ref(_expect(str, value.get("table")), _expect(str, value.get("id")))
    if isinstance(value, list):
        return tuple(_expect(int, number) for number in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(value)


def _expect(kind: type[_Kind], value: object) -> _Kind:
    if not isinstance(value, kind):
        raise ValueError(f"expected {kind.__name__}")  # noqa: TRY004 - the caller treats it as a damaged line
    return value
