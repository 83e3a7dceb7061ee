"""The pages on which a person does something to a record (spec Q3)."""

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
from bot.features.record_cards.read_as_person import PersonalRecord, read_as_person
from bot.features.record_cards.record_actions import LONGEST_RESOLUTION, ActionOutcome, FormInput, Target
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services
from cards.activity import fits
from cards.buttons import ActionButton, Button, SubmitButton
from cards.dialog import Page
from cards.inputs import OFF, ON, Choice
from cards.record import Fact, RecordHeader
from cards.record_actions import (
    ActionsView,
    EditConflict,
    Field,
    FieldKind,
    actions_page,
    fields_page,
    note_page,
    resolution_page,
)
from cards.text import single_line

MENU, FIELDS, NEW_NOTE, RESOLUTION = "", "fields", "note", "resolution"
"""The pages."""
ASSIGN, SAVE_FIELDS, SAVE_NOTE, RESOLVE = "assign", "save fields", "save note", "resolve"
"""What is done."""
WISH, MARK = "wish", "mark "
"""In what a button sends: the note that is meant, and marks of what was shown."""

ButtonFactory = Callable[[str, str, Mapping[str, str]], ActionButton | SubmitButton]
"""The button of this title that leads on to a page or an act, with these data."""


async def show_menu(
    services: Services,
    aim: Target,
    lead: ButtonFactory,
    *,
    clash: ActionOutcome | None = None,
    back: Button | None = None,
) -> Page:
    """What the person can do; `back` leads to where they came from. After a clash also that there is nothing."""
    own = await read_as_person(services, aim.chat, aim.person, aim.link)
    acts = _acts(own)
    if not acts and clash is None:
        raise NotAllowed(
            "There is nothing that you can do to this record on a card.",
            "Open the record, or ask your administrator to allow more.",
        )
    buttons: list[Button] = [lead(title, act, {VERSION: own.row.etag}) for title, act in acts]
    buttons += [back] if back else []
    facts = tuple(Fact(label=label, value=value) for label, value in own.facts)
    view = ActionsView(
        record=_head(services, own), facts=facts, actions=tuple(buttons), conflict=_clash(own, (), clash)
    )
    return actions_page(view)


async def show_fields(
    services: Services,
    aim: Target,
    lead: ButtonFactory,
    *,
    clash: ActionOutcome | None = None,
    typed: FormInput | None = None,
) -> Page:
    """The columns to change; after a clash with what somebody typed beside what they hold now."""
    own = await read_as_person(services, aim.chat, aim.person, aim.link)
    if not own.editable_columns:
        raise NotAllowed("There are no fields that you can change on a card.", "Open the record instead.")
    marks = {MARK + each.name: digest(_held(own, each)) for each in own.editable_columns}
    save = lead("Save", SAVE_FIELDS, {VERSION: own.row.etag, **marks})
    fields = [_field(own, each, typed) for each in own.editable_columns]
    buttons, shown = [save, _back(lead)], _clash(own, own.editable_columns, clash)
    return fit_conflict(shown, lambda clash: fields_page(_head(services, own), fields, buttons, clash))


async def show_note_form(
    services: Services, aim: Target, lead: ButtonFactory, *, clash: ActionOutcome | None = None, typed: str = ""
) -> Page:
    """A note to write, or to write otherwise."""
    own = await read_as_person(services, aim.chat, aim.person, aim.link)
    buttons = [lead("Add the note", SAVE_NOTE, {WISH: uuid4().hex}), _back(lead)]
    given = strip_control_characters(typed)[:MAX_NOTE_LENGTH]
    return note_page(_head(services, own), MAX_NOTE_LENGTH, buttons, _clash(own, (), clash), given)


async def show_resolution(
    services: Services,
    aim: Target,
    lead: ButtonFactory,
    *,
    clash: ActionOutcome | None = None,
    reason: str = "",
    words: str = "",
) -> Page:
    """How the case was resolved; after a clash with the reason and the words that somebody gave."""
    own = await read_as_person(services, aim.chat, aim.person, aim.link)
    reasons = _choices(resolutions(own.table))
    if not reasons or CardAction.RESOLVE not in own.actions:
        raise NotAllowed("You cannot resolve this on a card.", "Open the record to see how it is now.")
    save = lead("Resolve case", RESOLVE, {VERSION: own.row.etag})
    buttons, typed = [save, _back(lead)], words[:LONGEST_RESOLUTION]

    def shown(clash: EditConflict | None) -> Page:
        head, longest = _head(services, own), LONGEST_RESOLUTION
        return resolution_page(head, reasons, longest, buttons, clash, chosen=reason, typed=typed)

    return fit_conflict(_clash(own, own.note_columns, clash), shown)


def _head(services: Services, own: PersonalRecord) -> RecordHeader:
    return record_header(services.links, own.table, own.record, own.row)


def _back(lead: ButtonFactory) -> Button:
    return replace(lead("Back", MENU, {}), ignores_inputs=True)


def _acts(own: PersonalRecord) -> Sequence[tuple[str, str]]:
    """Titles of buttons, and what each leads to."""
    titles = {CardAction.ASSIGN: ("Assign to me", ASSIGN), CardAction.NOTE: ("Add a note", NEW_NOTE)}
    found = [titles[act] for act in own.actions if act in titles]
    found += [("Change fields", FIELDS)] if own.editable_columns else []
    return [*found, *([("Resolve case", RESOLUTION)] if CardAction.RESOLVE in own.actions else [])]


def _clash(own: PersonalRecord, columns: Sequence[Column], clash: ActionOutcome | None) -> EditConflict | None:
    if clash is None:
        return None
    now = tuple(Fact(label=each.label, value=format_value(each, own.row.value(each.name))) for each in columns)
    return EditConflict(message=clash.message, at=clash.at, facts=now)


def fit_conflict(clash: EditConflict | None, made: Callable[[EditConflict | None], Page]) -> Page:
    """The page; without what the record says now where there is no room for it beside what somebody filled in."""
    whole = made(clash)
    return made(replace(clash, facts=())) if clash and not fits(whole.card) else whole


def _choices(options: Mapping[int, str]) -> tuple[Choice, ...]:
    """The options by their labels; by its number one whose label shows nothing."""
    return tuple(
        Choice(title=label if single_line(label) else str(number), value=str(number))
        for number, label in options.items()
    )


def _field(own: PersonalRecord, column: Column, typed: FormInput | None) -> Field:
    """The column as it is, or as somebody has it otherwise than it was shown to them."""
    kind = _KINDS[column.type]
    choices = options_in_state(column, own.row.value(column.name).raw) if kind is FieldKind.CHOICE else {}
    return Field(
        name=column.name,
        label=column.label,
        kind=kind,
        value=_filled_in(own, column, typed),
        choices=_choices(choices),
        max_length=max_text_length(column) if kind in {FieldKind.TEXT, FieldKind.LINES} else None,
        required=column.required,
    )


def _filled_in(own: PersonalRecord, column: Column, typed: FormInput | None) -> str:
    given = typed.values.get(column.name, "") if typed else ""
    changed = typed is not None and digest(given) != typed.digests.get(column.name)
    return truncate_for_input(column, given) if changed else _held(own, column)


def _held(own: PersonalRecord, column: Column) -> str:
    """What the column holds, as its input sends it."""
    raw = own.row.value(column.name).raw
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
