"""The page with the settings of one record type, and the choices for them."""

from collections.abc import Sequence

from bot.domain.note_fields import note_columns
from bot.domain.public_names import Dataset, Dialog, encode_dataset
from bot.domain.record_actions import allowed_columns, changeable_columns, possible_actions, too_long_columns
from bot.domain.record_types import RecordType, key_field_problem, updates_problem
from bot.domain.settings import RECORD_TYPE_SETTINGS
from bot.domain.tables import Table, View
from bot.features.chat_sync.status_texts import no_timeline_reason
from bot.features.settings.choices import column_choices
from bot.features.settings.context import SettingsContext
from bot.features.settings.labels import CARD_ACTS, DISCLOSURES, LABELS
from bot.features.settings.pages import NO_OUTCOME, SaveOutcome, concurrent_changes, problem_lines, switches
from bot.features.settings.rules import (
    find_note_view,
    key_field_candidates,
    note_problem,
    secured_columns,
    unsupported_key_fields,
)
from bot.features.shared.services import Services
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.record_type import CardChoices, KeyFieldChoices, NoteChoices, RecordTypeView
from cards.settings.record_type import record_type_page as record_type_card

DEFAULT_VIEW = "default"
"""Value of the choice for the table's default view."""

MAX_LISTED_COLUMNS = 60
MAX_LISTED_CHANGEABLE_COLUMNS = 30
_MAX_LISTED_VIEWS = 60
"""Choices listed before the person types: a card has no room for all of a table's columns and views."""


async def record_type_page(
    services: Services, context: SettingsContext, table: Table, views: Sequence[View], outcome: SaveOutcome = NO_OUTCOME
) -> Page:
    """Return the page with the settings of a record type, and the result of the last save."""
    record_type = context.settings.record_type(table.name)
    has_timeline = await services.customizations.has_timeline(context.id, table.name)
    return record_type_card(
        RecordTypeView(
            place=context.id,
            title=f"{table.label} ({table.name})",
            labels=LABELS,
            switches=switches(record_type, RECORD_TYPE_SETTINGS),
            note=_note(record_type, table, views),
            key_fields=_key_fields(context, record_type, table),
            disclosures=tuple(Choice(title=label, value=level) for level, label in DISCLOSURES.items()),
            disclosure=record_type.disclosure,
            on_cards=_card_choices(context, record_type, table),
            no_timeline_reason="" if has_timeline else no_timeline_reason(is_activity=table.is_activity),
            save=context.button("Save", Dialog.SETTINGS_SAVE_RECORD_TYPE, table=table.name, offered="card acts"),
            back=context.back,
            problems=problem_lines(outcome.problems),
            concurrent_changes=concurrent_changes(context.with_views(views), outcome.concurrent_saves),
        )
    )


def _note(record_type: RecordType, table: Table, views: Sequence[View]) -> NoteChoices:
    supported = [view for view in views if note_columns(view, table)]
    default = find_note_view(None, table.name, views)
    default_choice = Choice(title=f"Default: {default.name}" if default else "Default: not found", value=DEFAULT_VIEW)
    choices = [Choice(title=_view_title(view, table), value=view.id) for view in supported[:_MAX_LISTED_VIEWS]]
    view = find_note_view(record_type.note_view, table.name, views)
    return NoteChoices(
        views=(default_choice, *choices) if views else (),
        chosen=record_type.note_view if record_type.note_view and view else DEFAULT_VIEW,
        secured=tuple(column.label for column in secured_columns(view, table)) if view else (),
        unsupported=tuple(each.name for each in views if each not in supported),
        problem=note_problem(record_type.note_view, table, views) or "",
    )


def _view_title(view: View, table: Table) -> str:
    return f"{view.name} (secured columns)" if secured_columns(view, table) else view.name


def _key_fields(context: SettingsContext, record_type: RecordType, table: Table) -> KeyFieldChoices:
    existing = [table.columns[name] for name in record_type.key_fields if name in table.columns]
    chosen = [column for column in existing if key_field_problem(column) is None]
    others = (column for column in key_field_candidates(table) if column not in chosen)
    return KeyFieldChoices(
        columns=column_choices([*chosen, *others])[:MAX_LISTED_COLUMNS],
        dataset=encode_dataset(Dataset.KEY_FIELDS, {"environment": context.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        unsupported=tuple(
            (reason, tuple(column.label for column in columns)) for reason, columns in unsupported_key_fields(table)
        ),
        problem=updates_problem(table) or "",
    )


def _card_choices(context: SettingsContext, record_type: RecordType, table: Table) -> CardChoices:
    chosen = allowed_columns(record_type.change_fields, table)
    others = (column for column in changeable_columns(table) if column not in chosen)
    return CardChoices(
        acts=tuple(Choice(title=CARD_ACTS[act], value=act) for act in possible_actions(table)),
        allowed=tuple(act for act in record_type.card_acts if act in possible_actions(table)),
        columns=column_choices([*chosen, *others])[:MAX_LISTED_CHANGEABLE_COLUMNS],
        dataset=encode_dataset(Dataset.CHANGE_FIELDS, {"environment": context.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        too_long=tuple(column.label for column in too_long_columns(table)),
    )
