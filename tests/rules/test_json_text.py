"""JSON with texts that were cut in the middle of a character."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.json_text import dumps, loads

texts = st.text(
    st.characters(exclude_categories=()) | st.sampled_from(["\\", "\ud83d", "\ude00", "\x00", '"']), max_size=12
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def clean(value: Any) -> Any:
    """Return the value as it is after the replacements, computed in another way."""
    if isinstance(value, str):
        joined = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return joined.replace("\x00", " ")
    if isinstance(value, list):
        return [clean(each) for each in value]
    return {clean(name): clean(each) for name, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rb'{"title": "Pump \ud83d", "row": 1}', {"title": "Pump \ufffd", "row": 1}),
        (rb'["\ud83d\ude00", "\ude00\ud83d", "\\ud83d", "\\\ud83d"]', ["😀", "\ufffd\ufffd", "\\ud83d", "\\\ufffd"]),
        (rb'{"\uDBFF": "\u0000"}', {"\ufffd": " "}),
        ('"\ud83d"'.encode("utf-8", "surrogatepass"), "\ufffd" * 3),
        (b'["caf\xe9"]', ["caf\ufffd"]),
    ],
)
def test_a_broken_character_does_not_spoil_what_is_beside_it(content: bytes, value: object) -> None:
    assert loads(content) == value


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": \\ud83d}', b'["\\ud83d"', b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_an_error(content: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        loads(content)


@given(values)
def test_any_value_is_read_with_replacements(value: Any) -> None:
    assert loads(json.dumps(value).encode()) == clean(value)


@given(values)
def test_any_value_is_written(value: Any) -> None:
    # Without surrogates, the encoder changes nothing.
    written = orjson.loads(dumps(value))
    assert clean(written) == clean(json.loads(json.dumps(value)))


def test_finished_json_and_models_are_written_as_they_are() -> None:
    value = {"card": orjson.Fragment(b'{"a":1}'), "names": ("\ud83d", {"half"})}
    assert dumps(value, default=sorted) == '{"card":{"a":1},"names":["\ufffd",["half"]]}'.encode()
    with pytest.raises(TypeError):
        dumps({"\ud83d": object()})
