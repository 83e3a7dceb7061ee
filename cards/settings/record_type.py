"""Settings of a record type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, button_rows
from cards.dialog import RenderedPage, dialog_page, page
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Choices, TimeInput, TypeaheadChoices, show_choices
from cards.note import NoteView, note_preview
from cards.record import byline, escape_word
from cards.settings.shared import (
    ConcurrentChanges,
    breadcrumb,
    concurrent_change_lines,
    heading,
    hint,
    labelled,
    name_list,
    problem_lines,
    toggles,
)
from cards.text import escape
from cards.translator import Translator


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


@dialog_page
def record_type_page(t: Translator, view: RecordTypeView) -> RenderedPage:
    """Return the page with all settings of the record type."""
    labels, on = view.labels, view.switches
    body: list[Element] = [breadcrumb(t, view.title, view.place)]
    body += concurrent_change_lines(t, view.concurrent_changes, kept=False)
    body += problem_lines(t, view.problems)
    body += toggles(t, labels, on, "enabled")
    body += [heading(t("Note")), *_note(t, view)]
    body += [heading(t("Chats")), *toggles(t, labels, on, "auto_name", "join")]
    body += toggles(t, labels, on, "owner_can_disconnect", "connector_can_disconnect")
    if view.no_timeline_reason:
        body.append(hint(t, view.no_timeline_reason))
    body += [heading(t("Key updates")), *_key_fields(t, view), heading(t("Notifications")), *_notifications(t, view)]
    disclosure = t.show(labels["disclosure"])
    body.append(heading(t("Links")))
    body.append(Choices("disclosure", disclosure, show_choices(t, view.disclosures), chosen=[view.disclosure]))
    body += [heading(t("Actions on cards")), *_on_cards(t, view)]
    previews = [view.preview] if view.note.views else []
    return page(t, view.title, body, [view.save, *previews, view.back], height="large")


def _note(t: Translator, view: RecordTypeView) -> list[Element]:
    chosen = view.note
    if chosen.problem and not chosen.views:
        return [hint(t, chosen.problem)]
    body = toggles(t, view.labels, view.switches, "note")
    views = labelled(t, chosen.views)
    body.append(Choices("note_view", t.show(view.labels["note_view"]), views, chosen=[chosen.chosen]))
    if chosen.problem:
        body.append(hint(t, chosen.problem))
    body += [_skipped(t, column, reason) for column, reason in chosen.skipped]
    body += _note_limits(t, chosen)
    body += toggles(t, view.labels, view.switches, "leave_out_secured")
    return [*body, *_preview(t, chosen.preview)] if chosen.preview else body


def _note_limits(t: Translator, chosen: NoteChoices) -> list[Element]:
    """Return the hints about secured columns, and about views that are not listed."""
    body: list[Element] = []
    if chosen.secured:
        named = t("Secured columns in this view: {columns}.", columns=name_list(t, chosen.secured))
        who = t("Everyone in the chat sees the values that the person who connected it can see.")
        body.append(hint(t, t.sentences(named, who)))
    if chosen.unsupported:
        views = name_list(t, chosen.unsupported)
        body.append(hint(t, t("Views with no columns that a note can show: {views}.", views=views)))
    return body


def _skipped(t: Translator, column: str, reason: str) -> Element:
    text = t(
        "{column} is not shown: {reason}.",
        column=escape_word(t.show(column)),
        reason=escape(t.show(reason), limit=200),
    )
    return TextBlock(text, size="Small", subtle=True, spacing="Small")


def _preview(t: Translator, preview: NotePreview) -> list[Element]:
    if preview.note is None:
        return [hint(t, t("This page has no room for a preview of the note."))]
    above = (
        t("Preview with the latest record that you can read:")
        if preview.is_sample
        else t("Preview with placeholders, because there is no record that you can read:")
    )
    return [byline(above), note_preview(t, preview.note)]


def _key_fields(t: Translator, view: RecordTypeView) -> list[Element]:
    found = view.key_fields
    if found.problem:
        return [hint(t, found.problem)]
    asked = t("{label} (up to five; type to search)", label=view.labels["key_fields"])
    columns = labelled(t, found.columns)
    secured = t(
        "For a secured column, the card says only that it changed, unless you show its values to everyone in the chat."
    )
    each_of_them = t(
        "On: the card shows everyone only which fields changed. Only people who can see the values get them."
    )
    return [
        *toggles(t, view.labels, view.switches, "notify"),
        TypeaheadChoices("key_fields", asked, found.dataset, columns, chosen=found.chosen, several=True),
        *(_unsupported(t, reason, names) for reason, names in found.unsupported),
        *toggles(t, view.labels, view.switches, "tell_secured"),
        hint(t, secured),
        *toggles(t, view.labels, view.switches, "tell_each"),
        hint(t, each_of_them),
    ]


def _unsupported(t: Translator, reason: str, names: Sequence[str]) -> Element:
    """Return the hint with the reason, without the period at its end, and the columns that it applies to."""
    return hint(t, t("{label}: {value}", label=t.show(reason).rstrip(".。"), value=name_list(t, names)))


def _notifications(t: Translator, view: RecordTypeView) -> list[Element]:
    chosen, labels = view.notifications, view.labels
    defaults = t(
        "Defaults apply to connections that nobody changed. A locked rule applies to all. "
        "Save this page before you open a rule."
    )
    locked = t.show(labels["locked_rules"])
    return [
        Choices("notify_style", t.show(labels["notify_style"]), show_choices(t, chosen.styles), chosen=[chosen.style]),
        TimeInput("digest_at", t.show(labels["digest_at"]), value=chosen.digest_at),
        *toggles(t, labels, view.switches, "mention_new_owner", "mention_owner"),
        Choices("locked_rules", locked, show_choices(t, chosen.lockable), chosen=chosen.locked, several=True),
        *(hint(t, each) for each in chosen.rules),
        *button_rows(t, chosen.change_rules),
        hint(t, defaults),
    ]


def _on_cards(t: Translator, view: RecordTypeView) -> list[Element]:
    found, labels = view.on_cards, view.labels
    body: list[Element] = []
    if found.acts:
        label = t.show(labels["card_acts"])
        acts = Choices(
            "card_acts", label, show_choices(t, found.acts), chosen=found.allowed, several=True, expanded=True
        )
        body.append(acts)
    if found.columns:
        asked = t("{label} (up to five; type to search)", label=labels["change_fields"])
        listed = labelled(t, found.columns)
        body.append(TypeaheadChoices("change_fields", asked, found.dataset, listed, chosen=found.chosen, several=True))
    if found.too_long:
        columns = name_list(t, found.too_long)
        body.append(hint(t, t("Columns with too many choices for a card: {columns}", columns=columns)))
    as_themselves = t(
        "Dynamics 365 checks each action against the person's own permissions and records it under their name."
    )
    return [*body, hint(t, as_themselves)]
