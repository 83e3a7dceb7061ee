"""Pages of actions on a record: part of the gallery."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.texts import text
from cards.buttons import ActionButton
from cards.dialog import Page
from cards.inputs import Choice
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

_URL = "https://contoso.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=0"
_CASE = RecordHeader(kind="Case", name="Pump vibrates after firmware update", number="CAS-01001", url=_URL)
_FACTS = (
    Fact(label="Customer", value="Fabrikam, Inc."),
    Fact(label="Priority", value="Normal"),
    Fact(label="Owner", value="Adele Vance"),
)
_CLASH = EditConflict(
    message=text("Megan Bowen changed this case, so nothing was done. These are the current values."),
    at=datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC),
    facts=_FACTS,
)

UPDATE = ActionButton(title=text("Update"), verb="update", payload={"row": "0"})


def press(title: str, act: str, *, leaves: bool = False) -> ActionButton:
    return ActionButton(title=text(title), verb="update", payload={"row": "0", "act": act}, ignores_inputs=leaves)


ASSIGN = press("Assign to me", "assign")
_BACK = press("Back", "", leaves=True)
_FIELDS = (
    Field(
        name="prioritycode",
        label="Priority",
        kind=FieldKind.CHOICE,
        value="2",
        choices=(Choice(title="High", value="1"), Choice(title="Normal", value="2")),
    ),
    Field(name="isescalated", label="Is Escalated", kind=FieldKind.YES_OR_NO, value="true"),
    Field(name="followupby", label="Follow Up By", kind=FieldKind.DATE, value="2026-12-24"),
    Field(name="title", label="Case Title", kind=FieldKind.TEXT, value="Pump", max_length=200, required=True),
    Field(name="description", label="Description", kind=FieldKind.LINES, value="a\nb", max_length=2_000),
)
_ACTS = (ASSIGN, press("Add a note", "note"), press("Change fields", "fields"), press("Resolve case", "resolution"))

_REASONS = (Choice(title="Problem Solved", value="5"), Choice(title="Information Provided", value="1000"))
ACTS_PAGES: dict[str, Page] = {
    "update of a record": actions_page(ActionsView(record=_CASE, facts=_FACTS, actions=_ACTS)),
    "update of a record that somebody changed": actions_page(
        ActionsView(record=_CASE, facts=_FACTS, actions=_ACTS[:1], conflict=replace(_CLASH, facts=()))
    ),
    "fields to change": fields_page(_CASE, _FIELDS, [press("Save", "save fields"), _BACK]),
    "fields to change after a clash": fields_page(_CASE, _FIELDS[:2], [press("Save", "save fields"), _BACK], _CLASH),
    "note to add": note_page(_CASE, 4_000, [press("Add the note", "save note"), _BACK]),
    "resolution of a case": resolution_page(
        _CASE,
        ResolutionForm(reasons=_REASONS, max_length=200),
        [press("Resolve case", "resolve"), _BACK],
    ),
    "resolution of a case that somebody changed": resolution_page(
        _CASE, ResolutionForm(reasons=_REASONS[:1], max_length=200), [press("Resolve case", "resolve"), _BACK], _CLASH
    ),
}
