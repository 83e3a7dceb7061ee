"""Tables, columns, and security roles to choose from, also while a person types (spec T2)."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from urllib.parse import quote

from bot.domain.record_actions import changeable_columns
from bot.domain.tables import Column
from bot.domain.texts import text
from bot.domain.values import Person
from bot.features.settings.apps import app_choices, load_apps
from bot.features.settings.context import SettingsContext, load_context, require_administered
from bot.features.settings.rules import key_field_candidates
from bot.features.shared.services import Services
from cards.inputs import Choice
from cards.settings.shared import MAX_LABEL_LENGTH

_CHOICE_BYTES = 24
"""Bytes of a choice without its title and value."""


async def find_tables(services: Services, person: Person, environment_id: str, typed: str) -> Sequence[Choice]:
    """Return the tables to add whose label or name contains all words of the text."""
    environment, _ = await require_administered(services, person, environment_id)
    return await addable_tables(services, await load_context(services, environment), typed)


async def addable_tables(services: Services, context: SettingsContext, typed: str = "") -> Sequence[Choice]:
    """Return the tables whose record type is not enabled yet, and whose label or name contains all words."""
    enabled = {each.table for each in context.settings.record_types.values() if each.enabled}
    tables = await services.customizations.tables(context.id)
    return [
        Choice(title=text("{label} ({name})", label=each.label, name=each.name), value=each.name)
        for each in tables
        if each.name not in enabled and _contains(f"{each.label} {each.name}", typed)
    ]


def fit_choices(choices: Sequence[Choice], max_bytes: int) -> tuple[Choice, ...]:
    """Return the first choices, up to the size that a card has room for."""
    sizes = accumulate(
        len((each.title[:MAX_LABEL_LENGTH] + each.value).encode(errors="replace")) + _CHOICE_BYTES for each in choices
    )
    return tuple(choice for choice, size in zip(choices, sizes, strict=True) if size <= max_bytes)


async def find_roles(services: Services, person: Person, environment_id: str, typed: str) -> Sequence[Choice]:
    """Return the security roles whose name contains all words of the text."""
    environment, _ = await require_administered(services, person, environment_id)
    names = await services.customizations.role_names(environment.id)
    return role_choices(name for name in names if _contains(name, typed))


async def find_apps(services: Services, person: Person, environment_id: str, typed: str) -> Sequence[Choice]:
    """Return the model-driven apps whose name or unique name contains all words of the text."""
    environment, _ = await require_administered(services, person, environment_id)
    found = await load_apps(services, environment.id)
    return app_choices(each for each in found.apps if _contains(f"{each.name} {each.unique_name}", typed))


async def find_key_fields(
    services: Services, person: Person, environment_id: str, table: str, typed: str
) -> Sequence[Choice]:
    """Return the columns that can be key fields and whose label or name contains all words of the text."""
    environment, _ = await require_administered(services, person, environment_id)
    return _matching_columns(key_field_candidates(await services.customizations.table(environment.id, table)), typed)


async def find_changeable_columns(
    services: Services, person: Person, environment_id: str, table: str, typed: str
) -> Sequence[Choice]:
    """Return the columns that people can change on cards and whose label or name contains all words of the text."""
    environment, _ = await require_administered(services, person, environment_id)
    return _matching_columns(changeable_columns(await services.customizations.table(environment.id, table)), typed)


def role_choices(names: Iterable[str]) -> tuple[Choice, ...]:
    """Return the security roles as choices."""
    return tuple(Choice(title=name, value=role_value(name)) for name in names)


def role_value(name: str) -> str:
    """Return the value for a role's name. It contains no comma, because commas separate several values."""
    return quote(name, safe=" ")


def column_choices(columns: Iterable[Column]) -> tuple[Choice, ...]:
    """Return the columns as choices; secured ones are marked."""
    return tuple(Choice(title=_column_title(each), value=each.name) for each in columns)


def _column_title(column: Column) -> str:
    if column.secured:
        return text("{column} ({name}, secured)", column=column.label, name=column.name)
    return text("{label} ({name})", label=column.label, name=column.name)


def _matching_columns(columns: Sequence[Column], typed: str) -> Sequence[Choice]:
    return column_choices(each for each in columns if _contains(f"{each.label} {each.name}", typed))


def _contains(name: str, typed: str) -> bool:
    return all(word in name.casefold() for word in typed.casefold().split())
