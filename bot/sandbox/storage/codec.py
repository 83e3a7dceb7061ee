"""Encoding of changes as journal lines."""

from collections.abc import Mapping
from typing import TypeVar

import orjson

from bot.sandbox.storage.rows import Changes, Removal
from bot.sandbox.values import Json, JsonObject, Ref, Row, Value

_Kind = TypeVar("_Kind")


class DamagedLine(ValueError):
    """A journal line that this program did not write."""


def line_of(changes: Changes) -> bytes:
    """Encode changes as a line that `changes_of` decodes."""
    body = {
        "version": changes.version,
        "put": [[row.table, row.id, row.version, _encoded(row.values)] for row in changes.put],
        "removed": [[each.ref.table, each.ref.id, each.version] for each in changes.removed],
    }
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def changes_of(line: bytes) -> Changes:
    """Decode the changes in a line. Raise `DamagedLine` if the line is invalid."""
    try:
        return _changes(_a(dict, orjson.loads(line)))
    except ValueError as error:
        raise DamagedLine(line[:100]) from error


def _changes(body: Mapping[str, object]) -> Changes:
    return Changes(
        version=_a(int, body.get("version")),
        put=[_row(each) for each in _a(list, body.get("put"))],
        removed=[_removal(each, _a(int, body.get("version"))) for each in _a(list, body.get("removed"))],
    )


def _removal(parts: object, version: int) -> Removal:
    """Decode a removal. Older files lack its own version, so the transaction's version replaces it."""
    table, row_id, *own = _a(list, parts)
    return Removal(Ref(_a(str, table), _a(str, row_id)), _a(int, own[0]) if own else version)


def _encoded(values: Mapping[str, Value]) -> JsonObject:
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Value) -> Json:
    return {"table": value.table, "id": value.id} if isinstance(value, Ref) else value


def _row(parts: object) -> Row:
    table, row_id, version, values = _a(list, parts)
    decoded = {name: _value(value) for name, value in _a(dict, values).items()}
    return Row(table=_a(str, table), id=_a(str, row_id), version=_a(int, version), values=decoded)


def _value(value: object) -> Value:
    if isinstance(value, dict):
        return Ref(_a(str, value.get("table")), _a(str, value.get("id")))
    if isinstance(value, list):
        return tuple(_a(int, number) for number in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(value)


def _a(kind: type[_Kind], value: object) -> _Kind:
    if not isinstance(value, kind):
        raise ValueError(f"expected {kind.__name__}")  # noqa: TRY004 - the caller treats it as a damaged line
    return value
