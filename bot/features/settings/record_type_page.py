"""The page of one record type's settings, from what holds and what there is to choose from."""

from collections.abc import Iterable, Sequence

from bot.domain.note_fields import note_columns
from bot.domain.public_names import Dataset, Dialog, encode_dataset
from bot.domain.record_actions import allowed_columns, changeable_columns, possible_actions, too_long_columns
from bot.domain.record_types import RecordType, key_field_problem, updates_problem
from bot.domain.settings import RECORD_TYPE_SETTINGS
from bot.domain.tables import Column, Table, View
from bot.features.chat_sync.status_texts import no_timeline_reason
from bot.features.settings.labels import CARD_ACTS, DISCLOSURES, LABELS
from bot.features.settings.pages import (
    NOTHING_YET,
    SaveOutcome,
    SettingsContext,
    meanwhile_lines,
    problem_lines,
    switches,
)
from bot.features.settings.rules import (
    find_note_view,
    key_field_candidates,
    note_problem,
    secured_columns,
    unsupported_key_fields,
)
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.record_type import CardChoices, KeyFieldChoices, NoteChoices, RecordTypeView
from cards.settings.record_type import record_type_page as record_type_card

DEFAULT = "default"
"""Stands for the table's default view among the choices."""

COLUMNS_LISTED = 60
CHANGES_LISTED = 30
_VIEWS_LISTED = 60
"""So many are listed before anything is typed: a card has no room for all that a table may have."""


def record_type_page(
    place: SettingsContext,
    table: Table,
    views: Sequence[View],
    outcome: SaveOutcome = NOTHING_YET,
    *,
    has_timeline: bool,
) -> Page:
    """The settings of a record type; `has_timeline`: whether chats can be shown on the timeline of its records."""
    set_now = place.settings.record_type(table.name)
    return record_type_card(
        RecordTypeView(
            place=place.id,
            title=f"{table.label} ({table.name})",
            labels=LABELS,
            switches=switches(set_now, RECORD_TYPE_SETTINGS),
            note=_note(set_now, table, views),
            key_fields=_key_fields(place, set_now, table),
            disclosures=tuple(Choice(title=words, value=level) for level, words in DISCLOSURES.items()),
            disclosure=set_now.disclosure,
            on_cards=_on_cards(place, set_now, table),
            no_timeline_reason="" if has_timeline else no_timeline_reason(is_activity=table.is_activity),
            save=place.step("Save", Dialog.SETTINGS_SAVE_RECORD_TYPE, table=table.name, offered="card acts"),
            back=place.back,
            problems=problem_lines(outcome.problems),
            concurrent_changes=meanwhile_lines(place, outcome.concurrent_saves),
        )
    )


def _note(set_now: RecordType, table: Table, views: Sequence[View]) -> NoteChoices:
    usable = [view for view in views if note_columns(view, table)]
    default = find_note_view(None, table.name, views)
    first = Choice(title=f"Default: {default.name}" if default else "Default: not there", value=DEFAULT)
    choices = [Choice(title=_marked(view, table), value=view.id) for view in usable[:_VIEWS_LISTED]]
    problem = note_problem(set_now.note_view, table, views)
    view = find_note_view(set_now.note_view, table.name, views)
    chosen = set_now.note_view if set_now.note_view and view else DEFAULT
    return NoteChoices(
        views=(first, *choices) if views else (),
        chosen=chosen,
        secured=tuple(column.label for column in secured_columns(view, table)) if view else (),
        unsupported=tuple(each.name for each in views if each not in usable),
        problem=problem or "",
    )


def _marked(view: View, table: Table) -> str:
    return f"{view.name} (secured columns)" if secured_columns(view, table) else view.name


def _key_fields(place: SettingsContext, set_now: RecordType, table: Table) -> KeyFieldChoices:
    there = [table.columns[name] for name in set_now.key_fields if name in table.columns]
    chosen = [column for column in there if key_field_problem(column) is None]
    others = (column for column in key_field_candidates(table) if column not in chosen)
    return KeyFieldChoices(
        columns=column_choices([*chosen, *others])[:COLUMNS_LISTED],
        dataset=encode_dataset(Dataset.KEY_FIELDS, {"environment": place.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        unsupported=tuple(
            (reason, tuple(column.label for column in columns)) for reason, columns in unsupported_key_fields(table)
        ),
        problem=updates_problem(table) or "",
    )


def _on_cards(place: SettingsContext, set_now: RecordType, table: Table) -> CardChoices:
    chosen = allowed_columns(set_now.change_fields, table)
    others = (column for column in changeable_columns(table) if column not in chosen)
    return CardChoices(
        acts=tuple(Choice(title=CARD_ACTS[act], value=act) for act in possible_actions(table)),
        allowed=tuple(act for act in set_now.card_acts if act in possible_actions(table)),
        columns=column_choices([*chosen, *others])[:CHANGES_LISTED],
        dataset=encode_dataset(Dataset.CHANGE_FIELDS, {"environment": place.id, "table": table.name}),
        chosen=tuple(column.name for column in chosen),
        too_long=tuple(column.label for column in too_long_columns(table)),
    )


def column_choices(columns: Iterable[Column]) -> tuple[Choice, ...]:
    """Columns to choose from, secured ones marked."""
    return tuple(
        Choice(title=f"{each.label} ({each.name}{', secured' if each.secured else ''})", value=each.name)
        for each in columns
    )
