"""Settings as JSON, for moving them between environments (spec M1)."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.domain.environment_settings import MAX_PANE_APPS
from bot.domain.notifications.condition_rules import parse_conditions
from bot.domain.notifications.defaults import LOCKABLE, parse_time
from bot.domain.notifications.rules import Style
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import (
    ORGANIZATION_SETTINGS,
    RECORD_TYPE_SETTINGS,
    EnvironmentSettings,
    SettingChange,
    SettingValue,
)
from bot.domain.texts import text
from bot.text.json_text import without_halves

FORMAT = 1
"""Number of the only format so far."""

_LONGEST_TEXT = 200
_WHOLE = text("the text")
_NO_EXPORT = text("This is JSON, but not a settings export.")
_NO_SECTION = text("There is no section with this name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDocument:
    """Parsed settings, and mistakes as pairs of a setting's path and the reason."""

    organization: Mapping[str, SettingValue]
    record_types: Mapping[str, Mapping[str, SettingValue]]
    problems: tuple[tuple[str, str], ...] = ()


def settings_to_json(settings: EnvironmentSettings, view_names: Mapping[str, str]) -> str:
    """Return the settings as JSON. A view without a name in `view_names` is written as its ID."""
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
    """Return only the changed settings as JSON on one line."""
    organization: dict[str, SettingValue] = {}
    types: dict[str, dict[str, SettingValue]] = {}
    for change in made:
        values = organization if change.table is None else types.setdefault(change.table, {})
        values[change.setting] = change.now
    body = {"format": FORMAT, "organisation": organization, "record_types": types}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def parse_document(document: str) -> SettingsDocument:
    """Parse the text. Settings that it does not name are left unchanged."""
    try:
        body = without_halves(json.loads(document))
    except json.JSONDecodeError as error:
        return _rejected(_WHOLE, text("This is not JSON: {error}.", error=str(error)[:_LONGEST_TEXT]))
    except (ValueError, RecursionError):
        # A number with thousands of digits, or thousands of levels.
        return _rejected(_WHOLE, _NO_EXPORT)
    if not isinstance(body, dict):
        return _rejected(_WHOLE, _NO_EXPORT)
    if body.get("format") != FORMAT or isinstance(body.get("format"), bool):
        return _rejected(
            "format", text("The format must be {format}. Use the text from settings export.", format=FORMAT)
        )
    mistakes: Problems = [(name, _NO_SECTION) for name in body if name not in {"format", *_PARTS}]
    parts: dict[str, dict[str, Any]] = {}
    for name in _PARTS:
        parts[name] = _object(body.get(name, {}), name, mistakes)
    organization = _settings(parts["organisation"], "organisation", ORGANIZATION_SETTINGS, mistakes)
    types = {}
    for table, values in parts["record_types"].items():
        path = f"record_types.{table[:_LONGEST_TEXT]}"
        types[table] = _settings(_object(values, path, mistakes), path, RECORD_TYPE_SETTINGS, mistakes)
    return SettingsDocument(organization=organization, record_types=types, problems=tuple(mistakes))


_PARTS = ("organisation", "record_types")

Problems = list[tuple[str, str]]


def _rejected(path: str, reason: str) -> SettingsDocument:
    return SettingsDocument(organization={}, record_types={}, problems=((path, reason),))


def _object(value: object, path: str, mistakes: Problems) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    mistakes.append((path, text("This must be an object in braces.")))
    return {}


def _settings(
    values: Mapping[str, Any], path: str, known: tuple[str, ...], mistakes: Problems
) -> dict[str, SettingValue]:
    found: dict[str, SettingValue] = {}
    for name, value in values.items():
        kind = _KINDS.get(name, _SWITCH) if name in known else None
        if kind is None:
            mistakes.append((f"{path}.{name[:_LONGEST_TEXT]}", text("There is no setting with this name.")))
        elif not kind.accepts(value):
            mistakes.append((f"{path}.{name}", kind.rule))
        else:
            found[name] = kind.convert(value)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """The JSON type of a setting."""

    rule: str
    """Sentence shown if the value has another type."""
    accepts: Callable[[Any], bool]
    convert: Callable[[Any], SettingValue] = lambda value: value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT


def _is_rule(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return False
    try:
        parse_conditions(value)
    except ValueError:
        return False
    return True


_RULE = _Kind(
    rule=text('This must be a list such as ["any", "prioritycode becomes [1]"], or an empty list.'),
    accepts=_is_rule,
    convert=tuple,
)
_SWITCH = _Kind(rule=text("This must be true or false."), accepts=lambda value: isinstance(value, bool))
_NAMES = _Kind(
    rule=text("This must be a list of names in brackets."),
    accepts=lambda value: isinstance(value, list) and all(_is_text(each) for each in value),
    convert=tuple,
)
_KINDS: Mapping[str, _Kind] = {
    "allowed_roles": _NAMES,
    "key_fields": _NAMES,
    "change_fields": _NAMES,
    "pane_apps": _Kind(
        rule=text(
            "This must be null for all apps, or a list of at most {most} unique names of apps in brackets.",
            most=MAX_PANE_APPS,
        ),
        accepts=lambda value: (
            value is None
            or (isinstance(value, list) and len(value) <= MAX_PANE_APPS and all(_is_text(each) for each in value))
        ),
        convert=lambda value: None if value is None else tuple(value),
    ),
    "card_acts": _Kind(
        rule=text("This must be a list in brackets. It can contain: {values}.", values=", ".join(CardAction)),
        accepts=lambda value: (
            isinstance(value, list) and all(isinstance(e, str) and e in set(CardAction) for e in value)
        ),
        convert=lambda value: tuple(CardAction(each) for each in value),
    ),
    "sync_idle_days": _Kind(
        rule=text("This must be a whole number."),
        accepts=lambda value: isinstance(value, int) and not isinstance(value, bool),
    ),
    "note_view": _Kind(
        rule=text("This must be the name or ID of a view, or null for the default view."),
        accepts=lambda value: value is None or _is_text(value),
    ),
    "disclosure": _Kind(
        rule=text("This must be one of these: {values}.", values=", ".join(Disclosure)),
        accepts=lambda value: isinstance(value, str) and value in set(Disclosure),
        convert=Disclosure,
    ),
    "notify_style": _Kind(
        rule=text("This must be one of these: {values}.", values=", ".join(Style)),
        accepts=lambda value: isinstance(value, str) and value in set(Style),
        convert=Style,
    ),
    "digest_at": _Kind(
        rule=text("This must be a time such as 08:00."),
        accepts=lambda value: isinstance(value, str) and parse_time(value) is not None,
    ),
    "value_rule": _RULE,
    "urgent_rule": _RULE,
    "locked_rules": _Kind(
        rule=text("This must be a list in brackets. It can contain: {values}.", values=", ".join(LOCKABLE)),
        accepts=lambda value: isinstance(value, list) and all(isinstance(e, str) and e in LOCKABLE for e in value),
        convert=tuple,
    ),
}
"""Types of the settings that are not switches."""
