"""Pages of a value rule or an urgent rule: its conditions, and a new condition (spec V4, V5).

The draft of the rule travels in the data of the buttons, and is checked again whenever it comes back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.formatting import canonical_value
from bot.domain.notifications.condition_rules import (
    ALL_OF,
    ANY_OF,
    MAX_VALUES,
    WITHOUT_VALUES,
    condition_columns,
    condition_problem,
    condition_to_text,
    describe_condition,
    describe_conditions,
    is_choice,
    is_date,
    parse_condition,
    parse_value,
    possible_tests,
)
from bot.domain.notifications.conditions import MAX_CONDITIONS, Condition, Conditions, Test
from bot.domain.notifications.rules import ConnectionRules
from bot.domain.public_names import Dialog
from bot.domain.tables import Column, Row
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import (
    NO_RESULT,
    PREVIEW,
    SAVED,
    FormResult,
    columns_of,
    saved_by_others,
    values,
)
from bot.features.notifications.preview import ProposedRules, preview_lines
from bot.features.notifications.save_rules import save_connection_rules
from bot.features.shared.action_data import ActionData, expired_button
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import ON, Choice
from cards.notifications.form import ChoiceField, DateField, FormView, Heading, Line, Part, TextField, form
from cards.notifications.form import Row as ButtonRow

KIND, DRAFT, _KEPT, _JOIN, _COLUMN, _TEST, _VALUE = "kind", "draft", "kept", "join", "column", "test", "value"
_MAX_DRAFT = 8_000
_MAX_OPTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A value rule or an urgent rule."""

    name: str
    field: str
    title: str
    intro: str
    empty: str


_KINDS = {
    "value": _Kind(
        name="value",
        field="value_rule",
        title="Value rule",
        intro="The chat gets a change only if these conditions hold.",
        empty="Each change is posted. Add a condition to post only some.",
    ),
    "urgent": _Kind(
        name="urgent",
        field="urgent_rule",
        title="Urgent rule",
        intro="What matches passes a mute, quiet hours, and limits.",
        empty="Nothing is urgent. Add a condition for changes that must come at once.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """The rule as the person has it on the page."""

    kind: _Kind
    conditions: tuple[Condition, ...]
    all_must_hold: bool = False

    @property
    def rule(self) -> Conditions | None:
        """The rule; None without conditions."""
        if not self.conditions:
            return None
        return Conditions(conditions=self.conditions, all_must_hold=self.all_must_hold)

    def apply(self, rules: ConnectionRules) -> ConnectionRules:
        """Return the rules with this one in its place."""
        changed: dict[str, Any] = {self.kind.field: self.rule}
        return replace(rules, **changed)

    @property
    def data(self) -> Mapping[str, str]:
        """The data of a button that carries the draft."""
        return {KIND: self.kind.name, DRAFT: json.dumps([condition_to_text(each) for each in self.conditions])}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the rule, with the condition that was just entered."""
    context = await load_context(services, turn, data)
    draft = _draft(context, data)
    if _COLUMN in data and _TEST in data:
        return await _add(services, context, draft, data)
    return await _page(services, context, draft)


async def _add(services: Services, context: RulesContext, draft: _Draft, data: ActionData) -> Page:
    column = await _column(services, context, data)
    condition, problem = _parse_entered(column, data)
    if len(draft.conditions) >= MAX_CONDITIONS:
        problem = problem or _TOO_MANY
    if condition is None or problem:
        return _condition_page(context, draft, column, data, problem)
    added = replace(draft, conditions=(*draft.conditions, condition))
    hidden = await _hidden(services, context, added)
    problem = condition_problem(condition, await _columns(services, context), hidden) or ""
    if problem:
        return _condition_page(context, draft, column, data, problem)
    return await _page(services, context, added)


async def new_condition(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page that asks for the test and the values of a column."""
    context = await load_context(services, turn, data)
    draft = _draft(context, data)
    if not data.get(_COLUMN):
        return await _page(services, context, draft, FormResult(problems={_COLUMN: "Choose a field."}))
    if len(draft.conditions) >= MAX_CONDITIONS:
        return await _page(services, context, draft, FormResult(problems={_COLUMN: _TOO_MANY}))
    return _condition_page(context, draft, await _column(services, context, data), data)


async def save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the rule, or return the page with the problems, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    draft = _draft(context, data)
    if draft.kind.field in context.record_type.locked_rules:
        raise NotAllowed(
            "Your administrator set this for all records of this type.", "Ask your administrator to unlock it."
        )
    problem = await _rule_problem(services, context, draft)
    if problem:
        return await _page(services, context, draft, FormResult(problems={_KEPT: problem}))
    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(connection=draft.apply(context.rules)))
        return await _page(services, context, draft, FormResult(preview=lines))
    part = draft.kind.title.lower()
    outcome = await save_connection_rules(services, context, data, part, draft.apply)
    now = await load_context(services, turn, data)
    rule = getattr(now.rules, draft.kind.field)
    present = describe_conditions(rule, await columns_of(services, now)) if rule else "No conditions."
    others = saved_by_others(outcome.saves, part, present)
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return await _page(services, now, draft, FormResult(others=others))


_TOO_MANY = f"A rule has at most {MAX_CONDITIONS} conditions. Remove one first."


async def _rule_problem(services: Services, context: RulesContext, draft: _Draft) -> str:
    if len(draft.conditions) > MAX_CONDITIONS:
        return _TOO_MANY
    columns, hidden = await _columns(services, context), await _hidden(services, context, draft)
    labels = {each.name: each for each in columns}
    for each in draft.conditions:
        problem = condition_problem(each, columns, hidden)
        if problem:
            return f"{describe_condition(each, labels)}: {problem}"
    return ""


def _draft(context: RulesContext, data: ActionData) -> _Draft:
    kind = _KINDS.get(data.get(KIND, ""))
    if kind is None:
        raise expired_button()
    rule: Conditions | None = getattr(context.rules, kind.field)
    if DRAFT not in data:
        conditions = rule.conditions if rule else ()
        return _Draft(kind=kind, conditions=conditions, all_must_hold=bool(rule and rule.all_must_hold))
    conditions = _parse_draft(data[DRAFT])
    if "offered" in data:
        kept = set(values(data, _KEPT))
        conditions = tuple(each for number, each in enumerate(conditions) if str(number) in kept)
    return _Draft(kind=kind, conditions=conditions, all_must_hold=data.get(_JOIN) == ALL_OF)


def _parse_draft(text: str) -> tuple[Condition, ...]:
    try:
        texts = json.loads(text) if len(text) <= _MAX_DRAFT else None
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise expired_button()
    parsed = [parse_condition(each) for each in texts]
    if None in parsed:
        raise expired_button()
    return tuple(each for each in parsed if each)


async def _columns(services: Services, context: RulesContext) -> Sequence[Column]:
    record = context.chosen.record
    table = await services.records.table(record.environment, record.table)
    return condition_columns(context.record_type, table)


async def _column(services: Services, context: RulesContext, data: ActionData) -> Column:
    columns = await _columns(services, context)
    found = next((each for each in columns if each.name == data.get(_COLUMN)), None)
    if found is None:
        raise NotFound("This field is no longer a key field.", "Open the rule again, and choose another field.")
    return found


async def _hidden(services: Services, context: RulesContext, draft: _Draft) -> frozenset[str]:
    """Return the secured columns of the rule that chats must not see, or that the person cannot read."""
    named = {each.column for each in draft.conditions}
    secured = [each for each in await _columns(services, context) if each.secured and each.name in named]
    if not secured or not context.record_type.tell_secured:
        return frozenset(each.name for each in secured)
    record, caller = context.chosen.record, context.actor.object_id
    try:
        mine = await services.records.read(record, secured, caller=caller)
        all_values = await services.records.read(record, secured, caller=None)
    except (NotFound, NotAllowed):
        return frozenset(each.name for each in secured)
    return frozenset(each.name for each in secured if not _reads(each, mine, all_values))


def _reads(column: Column, mine: Row, all_values: Row) -> bool:
    """Check whether the person reads the value. A secured column looks empty or masked to others."""
    value = canonical_value(column, all_values.value(column.name).raw)
    return value is not None and value == canonical_value(column, mine.value(column.name).raw)


async def _page(services: Services, context: RulesContext, draft: _Draft, result: FormResult = NO_RESULT) -> Page:
    columns = await _columns(services, context)
    labels, kind = await columns_of(services, context), draft.kind
    parts: list[Part] = [Line(text=kind.intro if draft.conditions else kind.empty)]
    if draft.conditions:
        listed = tuple(
            Choice(title=describe_condition(each, labels), value=str(number))
            for number, each in enumerate(draft.conditions)
        )
        joins = (Choice(title="Any of them", value=ANY_OF), Choice(title="All of them", value=ALL_OF))
        join = ALL_OF if draft.all_must_hold else ANY_OF
        parts += [
            ChoiceField(
                name=_KEPT,
                label="Conditions (untick to remove)",
                choices=listed,
                chosen=tuple(each.value for each in listed),
                several=True,
                expanded=True,
                problem=result.problem(_KEPT),
            ),
            ChoiceField(name=_JOIN, label="Must hold", choices=joins, chosen=(join,)),
        ]
    data = {**draft.data, **({"offered": ON} if draft.conditions else {})}
    choices = tuple(Choice(title=each.label, value=each.name) for each in columns)
    parts += [
        Heading(text="New condition"),
        ChoiceField(name=_COLUMN, label="Field", choices=choices, problem=result.problem(_COLUMN)),
        ButtonRow(buttons=(context.button("Add condition", Dialog.NOTIFICATIONS_CONDITION, data),)),
    ]
    view = FormView(
        title=kind.title,
        place=context.name,
        parts=parts,
        buttons=_buttons(context, data),
        preview=result.preview,
        saved_by_others=result.others,
        height="large",
    )
    return form(view)


def _buttons(context: RulesContext, data: Mapping[str, str]) -> Sequence[SubmitButton]:
    return (
        context.button("Save", Dialog.NOTIFICATIONS_SAVE_RULE, data),
        context.button("Preview", Dialog.NOTIFICATIONS_SAVE_RULE, {PREVIEW: ON, **data}),
        context.button("Back", Dialog.NOTIFICATIONS_RECORD, leaves=True),
    )


def _condition_page(context: RulesContext, draft: _Draft, column: Column, data: ActionData, problem: str = "") -> Page:
    tests = tuple(Choice(title=_TEST_TITLES.get(each, each), value=each) for each in possible_tests(column))
    chosen = (data[_TEST],) if data.get(_TEST) in {each.value for each in tests} else (tests[0].value,)
    join = {_JOIN: ALL_OF if draft.all_must_hold else ANY_OF}
    carried = {**draft.data, **join, _COLUMN: column.name}
    parts: list[Part] = [
        Line(text=column.label, bold=True),
        ChoiceField(name=_TEST, label="Test", choices=tests, chosen=chosen, expanded=True, problem=problem),
        *_value_fields(column, data),
    ]
    buttons = (
        context.button("Add", Dialog.NOTIFICATIONS_RULE, carried),
        context.button("Back", Dialog.NOTIFICATIONS_RULE, {**draft.data, **join}, leaves=True),
    )
    return form(FormView(title="New condition", place=context.name, parts=parts, buttons=buttons, height="large"))


_TEST_TITLES = {Test.IS_ABOVE: "is above or after", Test.IS_BELOW: "is below or before"}


def _value_fields(column: Column, data: ActionData) -> Sequence[Part]:
    if set(possible_tests(column)) <= WITHOUT_VALUES:
        return ()
    given = data.get(_VALUE, "")
    if is_choice(column):
        options = column.options or {1: "Yes", 0: "No"}
        choices = [Choice(title=label, value=str(number)) for number, label in options.items()][:_MAX_OPTIONS]
        listed = {each.value for each in choices}
        chosen = tuple(each for each in values(data, _VALUE) if each in listed)
        return (ChoiceField(name=_VALUE, label="Values", choices=tuple(choices), chosen=chosen, several=True),)
    if is_date(column):
        return (DateField(name=_VALUE, label="Date", value=given if parse_value(column, given) else ""),)
    return (TextField(name=_VALUE, label="Value", value=given[:60], max_length=60),)


def _parse_entered(column: Column, data: ActionData) -> tuple[Condition | None, str]:
    test = next((each for each in possible_tests(column) if each == data.get(_TEST)), None)
    if test is None:
        return None, "Choose a test from the list."
    if test in WITHOUT_VALUES:
        return Condition(column=column.name, test=test), ""
    given = values(data, _VALUE) if is_choice(column) else (data.get(_VALUE, ""),)
    parsed = tuple(parse_value(column, each) for each in given[: MAX_VALUES + 1])
    condition = Condition(column=column.name, test=test, values=tuple(each for each in parsed if each is not None))
    return condition, condition_problem(condition, [column]) or ""
