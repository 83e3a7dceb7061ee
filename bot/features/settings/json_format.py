"""Settings as JSON, for moving them from one environment to another (spec M1)."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import (
    ORGANIZATION_SETTINGS,
    RECORD_TYPE_SETTINGS,
    EnvironmentSettings,
    SettingChange,
    SettingValue,
)

FORMAT = 1
"""The only form that there is so far."""

_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDocument:
    """What a JSON text says, and what is wrong with it: each as the path of a setting and the reason."""

    organization: Mapping[str, SettingValue]
    record_types: Mapping[str, Mapping[str, SettingValue]]
    problems: tuple[tuple[str, str], ...] = ()


def settings_to_json(settings: EnvironmentSettings, view_names: Mapping[str, str]) -> str:
    """The settings as JSON; a view is named by its id where `view_names` has no name for it."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "organisation": {name: getattr(settings.organization, name) for name in ORGANIZATION_SETTINGS},
        "record_types": {},
    }
    for table, record_type in sorted(settings.record_types.items()):
        values = {name: getattr(record_type, name) for name in RECORD_TYPE_SETTINGS}
        view = record_type.note_view
        body["record_types"][table] = {**values, "note_view": view_names.get(view, view) if view else None}
    return json.dumps(body, ensure_ascii=False, indent=1)


def changes_to_json(made: Iterable[SettingChange]) -> str:
    """The settings that these changes lead to, and no others, as JSON on one line."""
    organisation: dict[str, SettingValue] = {}
    types: dict[str, dict[str, SettingValue]] = {}
    for change in made:
        values = organisation if change.table is None else types.setdefault(change.table, {})
        values[change.setting] = change.now
    body = {"format": FORMAT, "organisation": organisation, "record_types": types}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def parse_document(text: str) -> SettingsDocument:
    """What the text says. Settings that it does not name are to stay as they are."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _wrong("the text", f"This is not JSON: {str(error)[:_LONGEST_TEXT]}.")
    if not isinstance(body, dict):
        return _wrong("the text", "This is JSON, but not an export of settings.")
    if body.get("format") != FORMAT or isinstance(body.get("format"), bool):
        return _wrong("format", f"It has to be {FORMAT}. Take a text that settings export gave.")
    mistakes = [(name, "There is no such part.") for name in body if name not in {"format", *_PARTS}]
    parts: dict[str, dict[str, Any]] = {}
    for name in _PARTS:
        parts[name] = _object(body.get(name, {}), name, mistakes)
    organisation = _settings(parts["organisation"], "organisation", ORGANIZATION_SETTINGS, mistakes)
    types = {}
    for table, values in parts["record_types"].items():
        path = f"record_types.{table[:_LONGEST_TEXT]}"
        types[table] = _settings(_object(values, path, mistakes), path, RECORD_TYPE_SETTINGS, mistakes)
    return SettingsDocument(organization=organisation, record_types=types, problems=tuple(mistakes))


_PARTS = ("organisation", "record_types")

Problems = list[tuple[str, str]]


def _wrong(path: str, reason: str) -> SettingsDocument:
    return SettingsDocument(organization={}, record_types={}, problems=((path, reason),))


def _object(value: object, path: str, mistakes: Problems) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    mistakes.append((path, "It has to be an object in braces."))
    return {}


def _settings(
    values: Mapping[str, Any], path: str, known: tuple[str, ...], mistakes: Problems
) -> dict[str, SettingValue]:
    found: dict[str, SettingValue] = {}
    for name, value in values.items():
        kind = _KINDS.get(name, _SWITCH) if name in known else None
        if kind is None:
            mistakes.append((f"{path}.{name[:_LONGEST_TEXT]}", "There is no such setting."))
        elif not kind.takes(value):
            mistakes.append((f"{path}.{name}", f"It has to be {kind.words}."))
        else:
            found[name] = kind.convert(value)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a setting can be in JSON."""

    words: str
    takes: Callable[[Any], bool]
    convert: Callable[[Any], SettingValue] = lambda value: value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT


_SWITCH = _Kind(words="true or false", takes=lambda value: isinstance(value, bool))
_NAMES = _Kind(
    words="a list of names in brackets",
    takes=lambda value: isinstance(value, list) and all(_is_text(each) for each in value),
    convert=tuple,
)
_KINDS: Mapping[str, _Kind] = {
    "allowed_roles": _NAMES,
    "key_fields": _NAMES,
    "change_fields": _NAMES,
    "card_acts": _Kind(
        words="a list, in brackets, of " + ", ".join(CardAction),
        takes=lambda value: isinstance(value, list) and all(isinstance(e, str) and e in set(CardAction) for e in value),
        convert=lambda value: tuple(CardAction(each) for each in value),
    ),
    "sync_idle_days": _Kind(
        words="a whole number", takes=lambda value: isinstance(value, int) and not isinstance(value, bool)
    ),
    "note_view": _Kind(
        words="a view's name or id, or null for the default view", takes=lambda value: value is None or _is_text(value)
    ),
    "disclosure": _Kind(
        words="one of " + ", ".join(Disclosure),
        takes=lambda value: isinstance(value, str) and value in set(Disclosure),
        convert=Disclosure,
    ),
}
"""Settings that are no switches."""
