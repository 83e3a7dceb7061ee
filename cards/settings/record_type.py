"""What is set for a record type."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import Page, page
from cards.elements import Element
from cards.inputs import Choice, Choices, TypeaheadChoices
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

SECURED_VIEW = "Everybody in the chat sees the values that the person saw who connected it"
AS_THEMSELVES = "Whatever somebody does on a card, Dynamics 365 judges by their own rights and keeps in their name."
EACH_OF_THEM = (
    "On: a card tells everybody only which fields changed, and shows the values to each person who may see them."
)
SECURED_FIELDS = (
    "Of a secured column a card says only that it changed, unless you let it tell the values to everybody in the chat."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChoices:
    """The views to choose from; `problem` says why there can be no note at all."""

    views: tuple[Choice, ...]
    chosen: str
    secured: tuple[str, ...] = ()
    """The labels of the chosen view's secured columns."""
    unsupported: tuple[str, ...] = ()
    """The names of views of which a note can show nothing."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFieldChoices:
    """The columns to choose from; `problem` says why there can be no key updates at all."""

    columns: tuple[Choice, ...]
    dataset: str
    chosen: tuple[str, ...]
    unsupported: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Reasons, and the labels of the columns that each holds for."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChoices:
    """What people can be allowed to do on cards, and the columns that they can be allowed to change there."""

    acts: tuple[Choice, ...]
    allowed: tuple[str, ...]
    columns: tuple[Choice, ...]
    dataset: str
    chosen: tuple[str, ...]
    too_long: tuple[str, ...] = ()
    """The labels of columns that have more choices than a card holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeView:
    """The settings by their names; `labels` say what each is called."""

    place: str
    title: str
    labels: Mapping[str, str]
    switches: Mapping[str, bool]
    note: NoteChoices
    key_fields: KeyFieldChoices
    disclosures: tuple[Choice, ...]
    disclosure: str
    on_cards: CardChoices
    no_timeline_reason: str
    """Why chats are not shown on the timeline of its records (spec Y3); empty where they are."""
    save: SubmitButton
    back: SubmitButton
    problems: tuple[tuple[str, str], ...] = ()
    concurrent_changes: tuple[ConcurrentChanges, ...] = ()


def record_type_page(view: RecordTypeView) -> Page:
    """Everything that can be set for the record type."""
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
    body += [heading("Key updates"), *_key_fields(view), heading("Links")]
    body.append(Choices("disclosure", labels["disclosure"], view.disclosures, chosen=[view.disclosure]))
    body += [heading("Acting on cards"), *_on_cards(view)]
    return page(view.title, body, [view.save, view.back], height="large")


def _note(view: RecordTypeView) -> list[Element]:
    chosen = view.note
    if chosen.problem and not chosen.views:
        return [hint(chosen.problem)]
    body = toggles(view.labels, view.switches, "note")
    views = [Choice(title=label(each.title), value=each.value) for each in chosen.views]
    body.append(Choices("note_view", view.labels["note_view"], views, chosen=[chosen.chosen]))
    if chosen.problem:
        body.append(hint(chosen.problem))
    if chosen.secured:
        body.append(hint(f"{name_list('Secured columns of this view', chosen.secured)}. {SECURED_VIEW}."))
    if chosen.unsupported:
        body.append(hint(f"{name_list('Views of which a note can show nothing', chosen.unsupported)}."))
    return body + toggles(view.labels, view.switches, "leave_out_secured")


def _key_fields(view: RecordTypeView) -> list[Element]:
    chosen = view.key_fields
    if chosen.problem:
        return [hint(chosen.problem)]
    body = toggles(view.labels, view.switches, "notify")
    columns = [Choice(title=label(each.title), value=each.value) for each in chosen.columns]
    body.append(
        TypeaheadChoices(
            "key_fields",
            f"{view.labels['key_fields']} (five at most; type to search)",
            chosen.dataset,
            columns,
            chosen=chosen.chosen,
            several=True,
        )
    )
    body += [hint(name_list(reason.rstrip("."), names)) for reason, names in chosen.unsupported]
    body += [*toggles(view.labels, view.switches, "tell_secured"), hint(SECURED_FIELDS)]
    return [*body, *toggles(view.labels, view.switches, "tell_each"), hint(EACH_OF_THEM)]


def _on_cards(view: RecordTypeView) -> list[Element]:
    found, labels = view.on_cards, view.labels
    body: list[Element] = []
    if found.acts:
        acts = Choices("card_acts", labels["card_acts"], found.acts, chosen=found.allowed, several=True, expanded=True)
        body.append(acts)
    columns = [Choice(title=label(each.title), value=each.value) for each in found.columns]
    if columns:
        asked = f"{labels['change_fields']} (five at most; type to search)"
        body.append(TypeaheadChoices("change_fields", asked, found.dataset, columns, chosen=found.chosen, several=True))
    if found.too_long:
        body.append(hint(name_list("More choices than a card holds", found.too_long)))
    return [*body, hint(AS_THEMSELVES)]
