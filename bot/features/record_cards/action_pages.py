"""The pages on which a person changes a record (spec Q3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from bot.domain.errors import NotAllowed
from bot.domain.formatting import format_value
from bot.domain.public_names import VERSION
from bot.domain.record_actions import (
    MAX_NOTE_LENGTH,
    CardAction,
    digest,
    max_text_length,
    options_in_state,
    resolutions,
    strip_control_characters,
    truncate_for_input,
)
from bot.domain.tables import Column, ColumnType
from bot.domain.texts import text
from bot.features.record_cards.read_as_person import PersonalRecord, read_as_person
from bot.features.record_cards.record_actions import MAX_RESOLUTION_LENGTH, ActionOutcome, FormInput, Target
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton, Button, SubmitButton
from cards.dialog import Page, first_fitting
from cards.inputs import OFF, ON, Choice
from cards.record import Fact, RecordHeader
from cards.record_actions import (
    ActionsView,
    EditConflict,
    Field,
    FieldKind,
    ResolutionForm,
    actions_page,
    fields_page,
    note_page,
    resolution_page,
)
from cards.text import single_line

MENU, FIELDS, NEW_NOTE, RESOLUTION = "", "fields", "note", "resolution"
"""Actions that show a page."""
ASSIGN, SAVE_FIELDS, SAVE_NOTE, RESOLVE = "assign", "save fields", "save note", "resolve"
"""Actions that change the record."""
NOTE_KEY, DIGEST_PREFIX = "wish", "mark "
"""In the data of a button: the key of a new note, and the digest of each value that the page showed."""

ButtonFactory = Callable[[str, str, Mapping[str, str]], ActionButton | SubmitButton]
"""Returns the button with this title, action, and additional data."""


async def show_menu(
    services: Services,
    target: Target,
    make_button: ButtonFactory,
    *,
    outcome: ActionOutcome | None = None,
    back: Button | None = None,
) -> Page:
    """Show the available actions, or raise `NotAllowed` if there are none.

    `back` returns to the previous page. After a conflict, show the page even if there are no actions.
    """
    personal = await read_as_person(services, target.chat, target.person, target.link)
    actions = _actions(personal)
    if not actions and outcome is None:
        raise NotAllowed(
            "No actions are available to you for this record.",
            "Open the record, or ask your administrator to allow more actions.",
        )
    buttons: list[Button] = [make_button(title, action, {VERSION: personal.row.etag}) for title, action in actions]
    buttons += [back] if back else []
    facts = tuple(Fact(label=label, value=value) for label, value in personal.facts)
    view = ActionsView(
        record=_header(services, personal),
        facts=facts,
        actions=tuple(buttons),
        conflict=_conflict(personal, (), outcome),
    )
    return actions_page(view)


async def show_fields(
    services: Services,
    target: Target,
    make_button: ButtonFactory,
    *,
    outcome: ActionOutcome | None = None,
    typed: FormInput | None = None,
) -> Page:
    """Show the editable columns; after a conflict, with the current values and the person's inputs."""
    personal = await read_as_person(services, target.chat, target.person, target.link)
    if not personal.editable_columns:
        raise NotAllowed("You cannot change any field of this record on a card.", "Open the record instead.")
    digests = {DIGEST_PREFIX + each.name: digest(_input_value(personal, each)) for each in personal.editable_columns}
    save = make_button(text("Save"), SAVE_FIELDS, {VERSION: personal.row.etag, **digests})
    fields = [_field(personal, each, typed) for each in personal.editable_columns]
    buttons, shown = [save, _back(make_button)], _conflict(personal, personal.editable_columns, outcome)
    return fit_conflict(shown, lambda conflict: fields_page(_header(services, personal), fields, buttons, conflict))


async def show_note_form(
    services: Services,
    target: Target,
    make_button: ButtonFactory,
    *,
    outcome: ActionOutcome | None = None,
    typed: str = "",
) -> Page:
    """Show the form for a note, with the text of a rejected attempt."""
    personal = await read_as_person(services, target.chat, target.person, target.link)
    buttons = [make_button(text("Add the note"), SAVE_NOTE, {NOTE_KEY: uuid4().hex}), _back(make_button)]
    given = strip_control_characters(typed)[:MAX_NOTE_LENGTH]
    return note_page(_header(services, personal), MAX_NOTE_LENGTH, buttons, _conflict(personal, (), outcome), given)


async def show_resolution(
    services: Services,
    target: Target,
    make_button: ButtonFactory,
    *,
    outcome: ActionOutcome | None = None,
    reason: str = "",
    words: str = "",
) -> Page:
    """Show the form that resolves a case, with the inputs of a rejected attempt."""
    personal = await read_as_person(services, target.chat, target.person, target.link)
    reasons = _choices(resolutions(personal.table))
    if not reasons or CardAction.RESOLVE not in personal.actions:
        raise NotAllowed("You cannot resolve this case on a card.", "Open the record to see its current status.")
    save = make_button(text("Resolve case"), RESOLVE, {VERSION: personal.row.etag})
    buttons, longest = [save, _back(make_button)], MAX_RESOLUTION_LENGTH
    form = ResolutionForm(reasons=reasons, max_length=longest, chosen=reason, typed=words[:longest])

    def build(conflict: EditConflict | None) -> Page:
        return resolution_page(_header(services, personal), form, buttons, conflict)

    return fit_conflict(_conflict(personal, personal.note_columns, outcome), build)


def _header(services: Services, personal: PersonalRecord) -> RecordHeader:
    return record_header(services.links, personal.table, personal.record, personal.row)


def _back(make_button: ButtonFactory) -> Button:
    return replace(make_button(text("Back"), MENU, {}), ignores_inputs=True)


def _actions(personal: PersonalRecord) -> Sequence[tuple[str, str]]:
    """Return the title and the action of each button."""
    titles = {CardAction.ASSIGN: (text("Assign to me"), ASSIGN), CardAction.NOTE: (text("Add a note"), NEW_NOTE)}
    actions = [titles[action] for action in personal.actions if action in titles]
    actions += [(text("Change fields"), FIELDS)] if personal.editable_columns else []
    return [*actions, *([(text("Resolve case"), RESOLUTION)] if CardAction.RESOLVE in personal.actions else [])]


def _conflict(
    personal: PersonalRecord, columns: Sequence[Column], outcome: ActionOutcome | None
) -> EditConflict | None:
    if outcome is None:
        return None
    facts = tuple(Fact(label=each.label, value=format_value(each, personal.row.value(each.name))) for each in columns)
    return EditConflict(message=outcome.message, at=outcome.at, facts=facts)


def fit_conflict(conflict: EditConflict | None, build: Callable[[EditConflict | None], Page]) -> Page:
    """Return the page, without the current values if the person's inputs leave no room for them."""
    page = build(conflict)
    return first_fitting([page, build(replace(conflict, facts=()))]) if conflict else page


def _choices(options: Mapping[int, str]) -> tuple[Choice, ...]:
    """Return the options by label, or by number if the label is blank."""
    return tuple(
        Choice(title=label if single_line(label) else str(number), value=str(number))
        for number, label in options.items()
    )


def _field(personal: PersonalRecord, column: Column, typed: FormInput | None) -> Field:
    """Return the input for a column, with its current value or the value that the person entered."""
    kind = _KINDS[column.type]
    choices = options_in_state(column, personal.row.value(column.name).raw) if kind is FieldKind.CHOICE else {}
    return Field(
        name=column.name,
        label=column.label,
        kind=kind,
        value=_value_or_input(personal, column, typed),
        choices=_choices(choices),
        max_length=max_text_length(column) if kind in {FieldKind.TEXT, FieldKind.LINES} else None,
        required=column.required,
    )


def _value_or_input(personal: PersonalRecord, column: Column, typed: FormInput | None) -> str:
    given = typed.values.get(column.name, "") if typed else ""
    changed = typed is not None and digest(given) != typed.digests.get(column.name)
    return truncate_for_input(column, given) if changed else _input_value(personal, column)


def _input_value(personal: PersonalRecord, column: Column) -> str:
    """Return the value of the column in the format of its input."""
    raw = personal.row.value(column.name).raw
    if column.type is ColumnType.BOOLEAN:
        return ON if raw else OFF
    if column.type is ColumnType.DATE_TIME:
        return str(raw or "")[: len("2026-11-21")]
    return "" if raw is None else str(raw)


_KINDS = {
    ColumnType.PICKLIST: FieldKind.CHOICE,
    ColumnType.STATUS: FieldKind.CHOICE,
    ColumnType.BOOLEAN: FieldKind.YES_OR_NO,
    ColumnType.DATE_TIME: FieldKind.DATE,
    ColumnType.STRING: FieldKind.TEXT,
    ColumnType.MEMO: FieldKind.LINES,
}
