"""Settings of a record type."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.buttons import SubmitButton, button_rows
from cards.dialog import Page, page
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TimeInput, TypeaheadChoices
from cards.note import NoteView, note_preview
from cards.record import byline, escape_word
from cards.settings.shared import (
    ConcurrentChanges,
    breadcrumb,
    concurrent_change_lines,
    heading,
    hint,
    label,
    name_list,
    problem_lines,
    toggles,
)
from cards.text import escape

SECURED_VIEW = "Everyone in the chat sees the values that the person who connected it can see."
AS_THEMSELVES = "Dynamics 365 checks each action against the person's own permissions and records it under their name."
EACH_OF_THEM = "On: the card shows everyone only which fields changed. Only people who can see the values get them."
SECURED_FIELDS = (
    "For a secured column, the card says only that it changed, unless you show its values to everyone in the chat."
)


DEFAULTS = (
    "Defaults count for connections that nobody changed. A locked rule counts for all. "
    "Save this page before you open a rule."
)


SAMPLE = "Preview with the latest record that you can read:"
PLACEHOLDERS = "Preview with placeholders, because there is no record that you can read:"
NO_ROOM = "This page has no room for a preview of the note."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePreview:
    """A note with the chosen view."""

    note: NoteView | None
    """None if the page has no room for it."""
    is_sample: bool
    """True if the note has the values of a record, and False if it has placeholders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChoices:
    """The views to choose from. `problem` is the reason if a note is not possible at all."""

    views: tuple[Choice, ...]
    chosen: str
    secured: tuple[str, ...] = ()
    """Labels of the secured columns in the chosen view."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Labels and reasons of the chosen view's first five columns that a note does not show."""
    unsupported: tuple[str, ...] = ()
    """Names of views with no column that a note can show."""
    problem: str = ""
    preview: NotePreview | None = None
    """None if there is no note to preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFieldChoices:
    """The columns to choose from. `problem` is the reason if key updates are not possible at all."""

    columns: tuple[Choice, ...]
    dataset: str
    chosen: tuple[str, ...]
    unsupported: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Reasons, with the labels of the columns that they apply to."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChoices:
    """The actions and columns that can be allowed on cards."""

    acts: tuple[Choice, ...]
    allowed: tuple[str, ...]
    columns: tuple[Choice, ...]
    dataset: str
    chosen: tuple[str, ...]
    too_long: tuple[str, ...] = ()
    """Labels of columns with too many choices for a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationChoices:
    """The default rules of connections, and the rules that chats cannot change."""

    styles: tuple[Choice, ...]
    style: str
    digest_at: str
    lockable: tuple[Choice, ...]
    locked: tuple[str, ...]
    rules: tuple[str, ...]
    """The default value rule and urgent rule in words."""
    change_rules: tuple[SubmitButton, ...]
    """Buttons that open the pages of these rules, without saving this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeView:
    """The settings by name. `labels` contains their labels."""

    place: str
    title: str
    labels: Mapping[str, str]
    switches: Mapping[str, bool]
    note: NoteChoices
    key_fields: KeyFieldChoices
    disclosures: tuple[Choice, ...]
    disclosure: str
    on_cards: CardChoices
    notifications: NotificationChoices
    no_timeline_reason: str
    """The reason why timelines do not show chats of these records (spec Y3); empty if they do."""
    save: SubmitButton
    preview: SubmitButton
    """Shows the page again with a preview of the chosen view, without saving."""
    back: SubmitButton
    problems: tuple[tuple[str, str], ...] = ()
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def record_type_page(view: RecordTypeView) -> Page:
    """Return the page with all settings of the record type."""
    labels, on = view.labels, view.switches
    body: list[Element] = [breadcrumb(view.title, view.place)]
    body += concurrent_change_lines(view.concurrent_changes, kept=False)
    body += problem_lines(view.problems)
    body += toggles(labels, on, "enabled")
    body += [heading("Note"), *_note(view)]
    body += [heading("Chats"), *toggles(labels, on, "auto_name", "join")]
    body += toggles(labels, on, "owner_can_disconnect", "connector_can_disconnect")
    if view.no_timeline_reason:
        body.append(hint(view.no_timeline_reason))
    body += [heading("Key updates"), *_key_fields(view), heading("Notifications"), *_notifications(view)]
    body.append(heading("Links"))
    body.append(Choices("disclosure", labels["disclosure"], view.disclosures, chosen=[view.disclosure]))
    body += [heading("Actions on cards"), *_on_cards(view)]
    previews = [view.preview] if view.note.views else []
    return page(view.title, body, [view.save, *previews, view.back], height="large")


def _note(view: RecordTypeView) -> list[Element]:
    chosen = view.note
    if chosen.problem and not chosen.views:
        return [hint(chosen.problem)]
    body = toggles(view.labels, view.switches, "note")
    views = [Choice(title=label(each.title), value=each.value) for each in chosen.views]
    body.append(Choices("note_view", view.labels["note_view"], views, chosen=[chosen.chosen]))
    if chosen.problem:
        body.append(hint(chosen.problem))
    body += [_skipped(column, reason) for column, reason in chosen.skipped]
    if chosen.secured:
        body.append(hint(f"{name_list('Secured columns in this view', chosen.secured)}. {SECURED_VIEW}"))
    if chosen.unsupported:
        body.append(hint(f"{name_list('Views with no columns that a note can show', chosen.unsupported)}."))
    body += toggles(view.labels, view.switches, "leave_out_secured")
    return [*body, *_preview(chosen.preview)] if chosen.preview else body


def _skipped(column: str, reason: str) -> Element:
    return TextBlock(
        f"{escape_word(column)} is not shown: {escape(reason, limit=200)}.", size="Small", subtle=True, spacing="Small"
    )


def _preview(preview: NotePreview) -> list[Element]:
    if preview.note is None:
        return [hint(NO_ROOM)]
    return [byline(SAMPLE if preview.is_sample else PLACEHOLDERS), note_preview(preview.note)]


def _key_fields(view: RecordTypeView) -> list[Element]:
    chosen = view.key_fields
    if chosen.problem:
        return [hint(chosen.problem)]
    body = toggles(view.labels, view.switches, "notify")
    columns = [Choice(title=label(each.title), value=each.value) for each in chosen.columns]
    body.append(
        TypeaheadChoices(
            "key_fields",
            f"{view.labels['key_fields']} (up to five; type to search)",
            chosen.dataset,
            columns,
            chosen=chosen.chosen,
            several=True,
        )
    )
    body += [hint(name_list(reason.rstrip("."), names)) for reason, names in chosen.unsupported]
    body += [*toggles(view.labels, view.switches, "tell_secured"), hint(SECURED_FIELDS)]
    return [*body, *toggles(view.labels, view.switches, "tell_each"), hint(EACH_OF_THEM)]


def _notifications(view: RecordTypeView) -> list[Element]:
    chosen, labels = view.notifications, view.labels
    body: list[Element] = [
        Choices("notify_style", labels["notify_style"], chosen.styles, chosen=[chosen.style]),
        TimeInput("digest_at", labels["digest_at"], value=chosen.digest_at),
        *toggles(labels, view.switches, "mention_new_owner", "mention_owner"),
        Choices("locked_rules", labels["locked_rules"], chosen.lockable, chosen=chosen.locked, several=True),
    ]
    return [*body, *(hint(each) for each in chosen.rules), *button_rows(chosen.change_rules), hint(DEFAULTS)]


def _on_cards(view: RecordTypeView) -> list[Element]:
    found, labels = view.on_cards, view.labels
    body: list[Element] = []
    if found.acts:
        acts = Choices("card_acts", labels["card_acts"], found.acts, chosen=found.allowed, several=True, expanded=True)
        body.append(acts)
    columns = [Choice(title=label(each.title), value=each.value) for each in found.columns]
    if columns:
        asked = f"{labels['change_fields']} (up to five; type to search)"
        body.append(TypeaheadChoices("change_fields", asked, found.dataset, columns, chosen=found.chosen, several=True))
    if found.too_long:
        body.append(hint(name_list("Columns with too many choices for a card", found.too_long)))
    return [*body, hint(AS_THEMSELVES)]
