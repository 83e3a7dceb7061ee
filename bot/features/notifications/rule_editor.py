"""The page of a value rule or an urgent rule, of one record or by default (spec V4, V5, V9)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import NotFound
from bot.domain.notifications.condition_rules import ALL_OF, ANY_OF, condition_problem, describe_condition
from bot.domain.notifications.conditions import MAX_CONDITIONS
from bot.domain.notifications.rules import ConnectionRules
from bot.domain.public_names import Dialog
from bot.domain.tables import Column
from bot.domain.texts import text
from bot.features.notifications.condition_page import COLUMN, TEST, condition_page, parse_entered
from bot.features.notifications.pages import NO_RESULT, PREVIEW, FormResult, switch
from bot.features.notifications.rule_draft import JOIN, KEPT, LOCK, Draft, read_draft
from bot.features.shared.action_data import ActionData
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import ON, Choice
from cards.notifications.form import ChoiceField, FormView, Heading, Line, Part, SwitchField, form
from cards.notifications.form import Row as ButtonRow

TOO_MANY = text("A rule has at most {most} conditions. Remove one first.", most=MAX_CONDITIONS)

Button = Callable[[str, Dialog, Mapping[str, str]], SubmitButton]
"""Returns the button with this title, which opens the page with this data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDialogs:
    """The pages of a rule: the rule itself, a new condition, and the page that saves or previews."""

    rule: Dialog
    condition: Dialog
    save: Dialog


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEditor:
    """The present rules, and what the pages need to change one of them."""

    place: str
    rules: ConnectionRules
    columns: Sequence[Column]
    """The columns that conditions can name."""
    labels: Mapping[str, Column]
    """All columns of the table by name."""
    hidden: Callable[[Sequence[Column]], Awaitable[frozenset[str]]]
    """Returns the names of those secured columns that a rule must not name."""
    dialogs: RuleDialogs
    button: Button
    back: SubmitButton
    locked_rules: tuple[str, ...] | None = None
    """The rules that chats cannot change. None if the page does not ask."""

    def read(self, data: ActionData) -> Draft:
        """Return the draft in the data, or the present rule."""
        return read_draft(self.rules, data, self.locked_rules)


async def show_rule(editor: RuleEditor, data: ActionData) -> Page:
    """Return the page of the rule, with the condition that was just entered."""
    draft = editor.read(data)
    return await _add(editor, draft, data) if COLUMN in data and TEST in data else rule_page(editor, draft)


async def _add(editor: RuleEditor, draft: Draft, data: ActionData) -> Page:
    column = _column(editor, data)
    condition, problem = parse_entered(column, data)
    if len(draft.conditions) >= MAX_CONDITIONS:
        problem = problem or TOO_MANY
    if condition is None or problem:
        return _condition_page(editor, draft, column, data, problem)
    added = replace(draft, conditions=(*draft.conditions, condition))
    problem = condition_problem(condition, editor.columns, await _hidden(editor, added)) or ""
    return _condition_page(editor, draft, column, data, problem) if problem else rule_page(editor, added)


def show_condition(editor: RuleEditor, data: ActionData) -> Page:
    """Return the page that asks for the test and the values of a column."""
    draft = editor.read(data)
    if not data.get(COLUMN):
        return rule_page(editor, draft, FormResult(problems={COLUMN: text("Choose a field.")}))
    if len(draft.conditions) >= MAX_CONDITIONS:
        return rule_page(editor, draft, FormResult(problems={COLUMN: TOO_MANY}))
    return _condition_page(editor, draft, _column(editor, data), data)


def _condition_page(editor: RuleEditor, draft: Draft, column: Column, data: ActionData, problem: str = "") -> Page:
    carried = draft.whole_data
    add = editor.button(text("Add"), editor.dialogs.rule, {**carried, COLUMN: column.name})
    back = replace(editor.button(text("Back"), editor.dialogs.rule, carried), ignores_inputs=True)
    return condition_page(editor.place, column, data, (add, back), problem)


async def check_rule(editor: RuleEditor, draft: Draft) -> str:
    """Return the problem of the rule; an empty text if there is none."""
    if len(draft.conditions) > MAX_CONDITIONS:
        return TOO_MANY
    labels, hidden = {each.name: each for each in editor.columns}, await _hidden(editor, draft)
    for each in draft.conditions:
        problem = condition_problem(each, editor.columns, hidden)
        if problem:
            return text("{condition}: {problem}", condition=describe_condition(each, labels), problem=problem)
    return ""


async def _hidden(editor: RuleEditor, draft: Draft) -> frozenset[str]:
    """Return the secured columns that the rule names, but must not."""
    named = {each.column for each in draft.conditions}
    secured = [each for each in editor.columns if each.secured and each.name in named]
    return await editor.hidden(secured) if secured else frozenset()


def _column(editor: RuleEditor, data: ActionData) -> Column:
    found = next((each for each in editor.columns if each.name == data.get(COLUMN)), None)
    if found is None:
        raise NotFound("This field is no longer a key field.", "Open the rule again, and choose another field.")
    return found


def rule_page(editor: RuleEditor, draft: Draft, result: FormResult = NO_RESULT) -> Page:
    """Return the page of the rule, with the result of the last step."""
    choices = tuple(Choice(title=each.label, value=each.name) for each in editor.columns)
    add = editor.button(text("Add condition"), editor.dialogs.condition, draft.data)
    parts: list[Part] = [
        Line(text=draft.kind.intro if draft.conditions else draft.kind.empty),
        *_conditions(editor, draft, result),
        Heading(text=text("New condition")),
        ChoiceField(name=COLUMN, label=text("Field"), choices=choices, problem=result.problem(COLUMN)),
        ButtonRow(buttons=(add,)),
    ]
    if draft.locked is not None:
        parts.append(SwitchField(name=LOCK, label=text("Chats cannot change this rule"), value=switch(draft.locked)))
    view = FormView(
        title=draft.kind.title,
        place=editor.place,
        parts=parts,
        buttons=(
            editor.button(text("Save"), editor.dialogs.save, draft.data),
            editor.button(text("Preview"), editor.dialogs.save, {PREVIEW: ON, **draft.data}),
            editor.back,
        ),
        preview=result.preview,
        saved_by_others=result.others,
        height="large",
    )
    return form(view)


def _conditions(editor: RuleEditor, draft: Draft, result: FormResult) -> Sequence[Part]:
    if not draft.conditions:
        return ()
    listed = tuple(
        Choice(title=describe_condition(each, editor.labels), value=str(number))
        for number, each in enumerate(draft.conditions)
    )
    joins = (
        Choice(title=text("Any of them"), value=ANY_OF),
        Choice(title=text("All of them"), value=ALL_OF),
    )
    kept = ChoiceField(
        name=KEPT,
        label=text("Conditions (clear to remove)"),
        choices=listed,
        chosen=tuple(each.value for each in listed),
        several=True,
        expanded=True,
        problem=result.problem(KEPT),
    )
    return kept, ChoiceField(name=JOIN, label=text("How many must be true"), choices=joins, chosen=(draft.join,))
