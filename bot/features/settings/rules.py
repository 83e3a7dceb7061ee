"""Validation of settings against the environment's current tables, views, and roles (spec T4, T5)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.environment_settings import MAX_PANE_APPS, MAX_SYNC_IDLE_DAYS, OrganizationSettings
from bot.domain.note_fields import note_columns
from bot.domain.notifications.condition_rules import (
    condition_columns,
    condition_problem,
    hidden_columns,
    parse_conditions,
)
from bot.domain.notifications.defaults import RULE_SETTINGS, parse_time
from bot.domain.record_actions import action_problem, change_fields_problem
from bot.domain.record_types import (
    CASE,
    CASE_VIEW,
    MAX_KEY_FIELDS,
    RecordType,
    key_field_problem,
    updates_problem,
)
from bot.domain.tables import Column, Table, View
from bot.domain.texts import and_list, plural, text
from bot.features.settings.apps import AppList


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingProblem:
    """The reason why a setting cannot have the new value. `table` is None for settings of the whole environment."""

    table: str | None
    setting: str
    reason: str


def organization_problems(
    before: OrganizationSettings,
    wanted: OrganizationSettings,
    roles: Collection[str],
    apps: AppList,
    *,
    sync_refusal: str,
) -> tuple[SettingProblem, ...]:
    """Validate the changes: unknown roles or apps, invalid days, or a switch that this person may not change.

    `sync_refusal` is the reason why the person may not turn chat sync on or off; empty if they may.
    """
    found = []
    unknown = [role for role in wanted.allowed_roles if role not in {*roles, *before.allowed_roles}]
    if unknown:
        reason = text("These security roles do not exist: {roles}.", roles=and_list(unknown))
        found.append(_problem("allowed_roles", reason))
    if not 0 <= wanted.sync_idle_days <= MAX_SYNC_IDLE_DAYS:
        reason = text("Enter a whole number of days from 0 to {most}. Enter 0 for no limit.", most=MAX_SYNC_IDLE_DAYS)
        found.append(_problem("sync_idle_days", reason))
    if wanted.sync_on != before.sync_on and sync_refusal:
        found.append(_problem("sync_on", sync_refusal))
    if wanted.pane_apps != before.pane_apps and (problem := _apps_problem(before, wanted.pane_apps, apps)):
        found.append(_problem("pane_apps", problem))
    return tuple(found)


def _apps_problem(before: OrganizationSettings, wanted: tuple[str, ...] | None, apps: AppList) -> str:
    """Return the reason why these apps cannot be chosen, or an empty text."""
    if wanted is None:
        return ""
    if not wanted:
        return text("Choose at least one app, or all apps.")
    if len(wanted) > MAX_PANE_APPS:
        return text("Choose at most {most} apps.", most=MAX_PANE_APPS)
    unknown = [name for name in wanted if name not in {*apps.unique_names, *(before.pane_apps or ())}]
    if not unknown:
        return ""
    return apps.problem or text("These apps do not exist: {apps}.", apps=and_list(unknown))


def _problem(setting: str, reason: str) -> SettingProblem:
    return SettingProblem(table=None, setting=setting, reason=reason)


def record_type_problems(
    before: RecordType, wanted: RecordType, table: Table, views: Sequence[View]
) -> tuple[SettingProblem, ...]:
    """Validate the changes to a record type. Unchanged settings are not checked again, so they never block a save."""
    found = {}
    shows = wanted.note or wanted.note_view is not None
    if shows and (wanted.note, wanted.note_view) != (before.note, before.note_view):
        found["note" if wanted.note_view is None else "note_view"] = note_problem(wanted.note_view, table, views)
    if wanted.notify and not before.notify:
        found["notify"] = updates_problem(table)
    if wanted.key_fields != before.key_fields:
        found["key_fields"] = key_fields_problem(wanted.key_fields, table)
    if wanted.card_acts != before.card_acts:
        found["card_acts"] = next((why for act in wanted.card_acts if (why := action_problem(act, table))), None)
    if wanted.change_fields != before.change_fields:
        found["change_fields"] = change_fields_problem(wanted.change_fields, table)
    if wanted.digest_at != before.digest_at and parse_time(wanted.digest_at) is None:
        found["digest_at"] = text("Enter a time, such as 08:00.")
    for name in RULE_SETTINGS:
        if getattr(wanted, name) != getattr(before, name):
            found[name] = _rule_problem(getattr(wanted, name), wanted, table)
    return tuple(
        SettingProblem(table=table.name, setting=setting, reason=reason) for setting, reason in found.items() if reason
    )


def _rule_problem(texts: tuple[str, ...], record_type: RecordType, table: Table) -> str | None:
    """Return the problem of a default rule. A secured column needs that chats may see its values."""
    try:
        rule = parse_conditions(texts)
    except ValueError:
        return text("This is not a rule of at most five conditions.")
    columns = condition_columns(record_type, table)
    # Whether the person can read them is not asked: only administrators set default rules, and they read all columns.
    hidden = hidden_columns(record_type, table)
    problems = (condition_problem(each, columns, hidden) for each in (rule.conditions if rule else ()))
    return next((problem for problem in problems if problem), None)


def find_note_view(note_view: str | None, table: str, views: Iterable[View]) -> View | None:
    """Return the view with this ID, or the default view by rule T3 for None. Return None if it does not exist."""
    if note_view is not None:
        return next((view for view in views if view.id == note_view), None)
    if table == CASE:
        return next((view for view in views if view.name == CASE_VIEW), None)
    return next((view for view in views if view.quick_find), None)


def note_problem(note_view: str | None, table: Table, views: Sequence[View]) -> str | None:
    """Return the reason why a note with this view is not possible, or None."""
    view = find_note_view(note_view, table.name, views)
    if view is None and not views:
        return text("This table has no views, so a note has nothing to show.")
    if view is None and note_view is None:
        return text("The table's default view does not exist. Choose another view.")
    if view is None:
        return text("This view no longer exists or is not a system view of the table. Choose another view.")
    if not note_columns(view, table):
        return text("A note cannot show any of the first five columns of this view. Choose another view.")
    return None


def key_fields_problem(names: Sequence[str], table: Table) -> str | None:
    """Return the reason why these columns cannot be the key fields, or None (spec T2, T5)."""
    if len(names) > MAX_KEY_FIELDS:
        return plural(
            len(names),
            "You chose 1 column. At most {most} can be key fields.",
            "You chose {count} columns. At most {most} can be key fields.",
            most=MAX_KEY_FIELDS,
        )
    if len(set(names)) < len(names):
        return text("A column is listed twice.")
    if names and (problem := updates_problem(table)):
        return problem
    for name in names:
        column = table.columns.get(name)
        if column is None:
            return text("The table has no column named {name}. Choose another column.", name=name)
        if reason := key_field_problem(column):
            return text("{column} ({name}): {reason}", column=column.label, name=name, reason=reason)
    return None


def secured_columns(view: View, table: Table) -> tuple[Column, ...]:
    """Return the secured columns that a note with this view shows (spec N5)."""
    return tuple(column for column in note_columns(view, table) if column.secured)


def key_field_candidates(table: Table) -> tuple[Column, ...]:
    """Return the columns that can be key fields, sorted by label."""
    supported = (column for column in table.columns.values() if key_field_problem(column) is None)
    return tuple(sorted(supported, key=_by_label))


def unsupported_key_fields(table: Table) -> tuple[tuple[str, tuple[Column, ...]], ...]:
    """Return the columns that cannot be key fields, grouped by reason."""
    by_reason: dict[str, list[Column]] = {}
    for column in sorted(table.columns.values(), key=_by_label):
        if reason := key_field_problem(column):
            by_reason.setdefault(reason, []).append(column)
    return tuple((reason, tuple(columns)) for reason, columns in by_reason.items())


def _by_label(column: Column) -> tuple[str, str]:
    return column.label.casefold(), column.name
