"""What speaks against settings, judged by what the environment's tables, views and roles are like now (spec T4, T5)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.environment_settings import MAX_SYNC_IDLE_DAYS, OrganizationSettings
from bot.domain.note_fields import note_columns
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingProblem:
    """Why a setting cannot be as it is wanted; `table` is None for those of the whole environment."""

    table: str | None
    setting: str
    reason: str


def organization_problems(
    before: OrganizationSettings, wanted: OrganizationSettings, roles: Collection[str], *, sync_refusal: str
) -> tuple[SettingProblem, ...]:
    """What speaks against the changes: roles that are not there, days that are none, a switch of somebody else's.

    `sync_refusal`: why the person may not turn chat sync on or off; empty where they may.
    """
    found = []
    unknown = [role for role in wanted.allowed_roles if role not in {*roles, *before.allowed_roles}]
    if unknown:
        found.append(_problem("allowed_roles", f"There is no security role named {', '.join(unknown)}."))
    if not 0 <= wanted.sync_idle_days <= MAX_SYNC_IDLE_DAYS:
        reason = f"Write a whole number of days from 0 to {MAX_SYNC_IDLE_DAYS}; 0 for no limit."
        found.append(_problem("sync_idle_days", reason))
    if wanted.sync_on != before.sync_on and sync_refusal:
        found.append(_problem("sync_on", sync_refusal))
    return tuple(found)


def _problem(setting: str, reason: str) -> SettingProblem:
    return SettingProblem(table=None, setting=setting, reason=reason)


def record_type_problems(
    before: RecordType, wanted: RecordType, table: Table, views: Sequence[View]
) -> tuple[SettingProblem, ...]:
    """What speaks against the changes; what stays as it was is not judged again, so that it stands in nobody's way."""
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
    return tuple(
        SettingProblem(table=table.name, setting=setting, reason=reason) for setting, reason in found.items() if reason
    )


def find_note_view(note_view: str | None, table: str, views: Iterable[View]) -> View | None:
    """The view with this id, for None the table's default by rule T3; None where it is not there."""
    if note_view is not None:
        return next((view for view in views if view.id == note_view), None)
    if table == CASE:
        return next((view for view in views if view.name == CASE_VIEW), None)
    return next((view for view in views if view.quick_find), None)


def note_problem(note_view: str | None, table: Table, views: Sequence[View]) -> str | None:
    """Why there can be no note with this view, or None if there can."""
    view = find_note_view(note_view, table.name, views)
    if view is None and not views:
        return "This table has no view, so there is nothing that a note could show."
    if view is None and note_view is None:
        return "The table's default view is not there. Choose another view."
    if view is None:
        return "This view is not there any more, or is not a system view of the table. Choose another view."
    if not note_columns(view, table):
        return "A note can show none of the first five columns of this view. Choose another view."
    return None


def key_fields_problem(names: Sequence[str], table: Table) -> str | None:
    """Why these columns cannot be the key fields, or None if they can (spec T2, T5)."""
    if len(names) > MAX_KEY_FIELDS:
        return f"{len(names)} columns are chosen, and {MAX_KEY_FIELDS} at most can be key fields."
    if len(set(names)) < len(names):
        return "A column is named twice."
    if names and (problem := updates_problem(table)):
        return problem
    for name in names:
        column = table.columns.get(name)
        if column is None:
            return f"The table has no column {name}. Choose another one."
        if reason := key_field_problem(column):
            return f"{column.label} ({name}): {reason}"
    return None


def secured_columns(view: View, table: Table) -> tuple[Column, ...]:
    """The secured columns that a note with this view shows (spec N5)."""
    return tuple(column for column in note_columns(view, table) if column.secured)


def key_field_candidates(table: Table) -> tuple[Column, ...]:
    """The columns that can be key fields, by their labels."""
    supported = (column for column in table.columns.values() if key_field_problem(column) is None)
    return tuple(sorted(supported, key=_by_label))


def unsupported_key_fields(table: Table) -> tuple[tuple[str, tuple[Column, ...]], ...]:
    """The columns that cannot be key fields, by the reason."""
    by_reason: dict[str, list[Column]] = {}
    for column in sorted(table.columns.values(), key=_by_label):
        if reason := key_field_problem(column):
            by_reason.setdefault(reason, []).append(column)
    return tuple((reason, tuple(columns)) for reason, columns in by_reason.items())


def _by_label(column: Column) -> tuple[str, str]:
    return column.label.casefold(), column.name
