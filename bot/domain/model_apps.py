"""Model-driven apps of an environment (spec P12)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelApp:
    """An app. Its unique name never changes."""

    unique_name: str
    name: str
