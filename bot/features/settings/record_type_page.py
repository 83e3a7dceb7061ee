"""The page with the settings of one record type, and the choices for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.note_fields import note_columns, skipped_fields
from bot.domain.notifications.defaults import LOCKABLE, RULE_SETTINGS
from bot.domain.public_names import Dataset, Dialog, encode_dataset
from bot.domain.record_actions import allowed_columns, changeable_columns, possible_actions, too_long_columns
from bot.domain.record_types import RecordType, key_field_problem, updates_problem
from bot.domain.settings import RECORD_TYPE_SETTINGS
from bot.domain.tables import Table, View
from bot.domain.texts import plural, text
from bot.features.chat_sync.status_texts import no_timeline_reason
from bot.features.notifications.rule_draft import KIND, KINDS, Kind
from bot.features.settings.choices import column_choices, fit_choices
from bot.features.settings.context import SettingsContext
from bot.features.settings.labels import CARD_ACTS, DISCLOSURES, LABELS, STYLES, describe_rule
from bot.features.settings.note_preview import preview_note
from bot.features.settings.pages import NO_OUTCOME, SaveOutcome, concurrent_changes, problem_lines, switches
from bot.features.settings.rules import (
    find_note_view,
    key_field_candidates,
    note_problem,
    secured_columns,
    unsupported_key_fields,
)
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from cards.buttons import SubmitButton
from cards.dialog import Page, first_fitting
from cards.inputs import Choice
from cards.settings.record_type import (
    CardChoices,
    KeyFieldChoices,
    NoteChoices,
    NotePreview,
    NotificationChoices,
    RecordTypeView,
)
from cards.settings.record_type import record_type_page as record_type_card
from cards.settings.shared import MAX_LABEL_LENGTH
from cards.text import truncate

DEFAULT_VIEW = "default"
"""Value of the choice for the table's default view."""

MAX_LISTED_COLUMNS = 60
MAX_LISTED_CHANGEABLE_COLUMNS = 30
_OFFERED = "card acts"
"""Says in a button's data that the page offers the actions on cards. Clients omit an input without any choice."""

_MAX_VIEW_BYTES = 9_000
_MAX_COLUMN_BYTES = 5_000
_MAX_CHANGEABLE_COLUMN_BYTES = 3_000
_MAX_LISTED_VIEWS = 60
"""Choices listed before the person types: a card has no room for all of a table's columns and views."""


async def record_type_page(
    services: Services,
    context: SettingsContext,
    administrator: AuthorizedUser,
    table: Table,
    views: Sequence[View],
    outcome: SaveOutcome = NO_OUTCOME,
) -> Page:
    """Return the page with the settings of a record type, and the result of the last save."""
    record_type = context.settings.record_type(table.name)
    problem = note_problem(record_type.note_view, table, views) or ""
    has_timeline, preview = await asyncio.gather(
        services.customizations.has_timeline(context.id, table.name),
        _preview(services, context, record_type, administrator, problem),
    )
    note = _note(record_type, table, views)
    view = RecordTypeView(
        place=context.id,
        title=text("{label} ({name})", label=table.label, name=table.name),
        labels=LABELS,
        switches=switches(record_type, RECORD_TYPE_SETTINGS),
        note=replace(note, problem=problem, preview=preview),
        key_fields=_key_fields(context, record_type, table),
        disclosures=tuple(Choice(title=label, value=level) for level, label in DISCLOSURES.items()),
        disclosure=record_type.disclosure,
        on_cards=_card_choices(context, record_type, table),
        notifications=_notifications(context, record_type, table),
        no_timeline_reason="" if has_timeline else no_timeline_reason(is_activity=table.is_activity),
        save=context.button(text("Save"), Dialog.SETTINGS_SAVE_RECORD_TYPE, table=table.name, offered=_OFFERED),
        preview=context.button(text("Preview note"), Dialog.SETTINGS_PREVIEW_NOTE, table=table.name, offered=_OFFERED),
        back=context.back,
        problems=problem_lines(outcome.problems),
        concurrent_changes=concurrent_changes(context.with_views(views).with_table(table), outcome.concurrent_saves),
    )
    if preview is None:
        return record_type_card(view)
    without_preview = replace(view, note=replace(view.note, preview=replace(preview, note=None)))
    return first_fitting([record_type_card(view), record_type_card(without_preview)])


async def _preview(
    services: Services,
    context: SettingsContext,
    record_type: RecordType,
    administrator: AuthorizedUser,
    problem: str,
) -> NotePreview | None:
    """Return the preview of the note. A view with a problem comes from outside, so it is not read."""
    return None if problem else await preview_note(services, context.id, record_type, administrator)


def _note(record_type: RecordType, table: Table, views: Sequence[View]) -> NoteChoices:
    supported = [view for view in views if note_columns(view, table)]
    default = find_note_view(None, table.name, views)
    default_title = text("Default: not found")
    if default:
        default_title = text("Default: {view}", view=_view_title(default, table))
    view, leave_out = find_note_view(record_type.note_view, table.name, views), record_type.leave_out_secured
    skipped = skipped_fields(view, table, leave_out_secured=leave_out) if view else ()
    return NoteChoices(
        views=(Choice(title=default_title, value=DEFAULT_VIEW), *_view_choices(supported, view, table))
        if views
        else (),
        chosen=record_type.note_view if record_type.note_view and view else DEFAULT_VIEW,
        skipped=tuple((field.label, field.reason) for field in skipped),
        secured=tuple(column.label for column in secured_columns(view, table)) if view and not leave_out else (),
        unsupported=tuple(each.name for each in views if each not in supported),
    )


def _view_choices(supported: Sequence[View], chosen: View | None, table: Table) -> tuple[Choice, ...]:
    """Return the views as choices, up to the size that a card has room for, and always the chosen one."""
    choices = [Choice(title=_view_title(view, table), value=view.id) for view in supported[:_MAX_LISTED_VIEWS]]
    listed = fit_choices(choices, _MAX_VIEW_BYTES)
    if chosen is None or chosen not in supported or any(each.value == chosen.id for each in listed):
        return listed
    return (Choice(title=_view_title(chosen, table), value=chosen.id), *listed)


def _view_title(view: View, table: Table) -> str:
    """Return the name of the view, and what the note with it leaves out or makes visible to everyone."""
    # Clients must not cut off the marks.
    longest = MAX_LABEL_LENGTH - len(text("Default: {view}", view=_marked("", view, table)))
    return _marked(truncate(view.name, longest), view, table)


def _marked(name: str, view: View, table: Table) -> str:
    """Return the name with what the note leaves out or makes visible to everyone."""
    skipped, has_secured = len(skipped_fields(view, table)), bool(secured_columns(view, table))
    if skipped and has_secured:
        return plural(
            skipped,
            "{view} (secured columns, 1 column not shown)",
            "{view} (secured columns, {count} columns not shown)",
            view=name,
        )
    if skipped:
        return plural(skipped, "{view} (1 column not shown)", "{view} ({count} columns not shown)", view=name)
    return text("{view} (secured columns)", view=name) if has_secured else name


def _key_fields(context: SettingsContext, record_type: RecordType, table: Table) -> KeyFieldChoices:
    existing = [table.columns[name] for name in record_type.key_fields if name in table.columns]
    chosen = [column for column in existing if key_field_problem(column) is None]
    others = (column for column in key_field_candidates(table) if column not in chosen)
    return KeyFieldChoices(
        columns=fit_choices(column_choices([*chosen, *others])[:MAX_LISTED_COLUMNS], _MAX_COLUMN_BYTES),
        dataset=encode_dataset(Dataset.KEY_FIELDS, {"environment": context.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        unsupported=tuple(
            (reason, tuple(column.label for column in columns)) for reason, columns in unsupported_key_fields(table)
        ),
        problem=updates_problem(table) or "",
    )


def _notifications(context: SettingsContext, record_type: RecordType, table: Table) -> NotificationChoices:
    columns = table.columns
    return NotificationChoices(
        styles=tuple(Choice(title=title, value=style) for style, title in STYLES.items()),
        style=record_type.notify_style,
        digest_at=record_type.digest_at,
        lockable=tuple(Choice(title=LABELS[name], value=name) for name in LOCKABLE),
        locked=record_type.locked_rules,
        rules=tuple(
            text("{setting}: {value}", setting=LABELS[name], value=describe_rule(getattr(record_type, name), columns))
            for name in RULE_SETTINGS
        ),
        change_rules=tuple(_rule_button(context, table, kind) for kind in KINDS.values()),
    )


def _rule_button(context: SettingsContext, table: Table, kind: Kind) -> SubmitButton:
    button = context.button(LABELS[kind.field], Dialog.SETTINGS_RULE, table=table.name, **{KIND: kind.name})
    return replace(button, ignores_inputs=True)


def _card_choices(context: SettingsContext, record_type: RecordType, table: Table) -> CardChoices:
    chosen = allowed_columns(record_type.change_fields, table)
    others = (column for column in changeable_columns(table) if column not in chosen)
    return CardChoices(
        acts=tuple(Choice(title=CARD_ACTS[act], value=act) for act in possible_actions(table)),
        allowed=tuple(act for act in record_type.card_acts if act in possible_actions(table)),
        columns=fit_choices(
            column_choices([*chosen, *others])[:MAX_LISTED_CHANGEABLE_COLUMNS], _MAX_CHANGEABLE_COLUMN_BYTES
        ),
        dataset=encode_dataset(Dataset.CHANGE_FIELDS, {"environment": context.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        too_long=tuple(column.label for column in too_long_columns(table)),
    )
