"""The page of a value rule or an urgent rule, with its conditions (spec V4, V5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.formatting import canonical_value
from bot.domain.notifications.condition_rules import (
    ALL_OF,
    ANY_OF,
    condition_columns,
    condition_problem,
    describe_condition,
    describe_conditions,
)
from bot.domain.notifications.conditions import MAX_CONDITIONS
from bot.domain.public_names import Dialog
from bot.domain.tables import Column, Row
from bot.features.notifications.condition_page import COLUMN, TEST, condition_page, parse_entered
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import (
    NO_RESULT,
    PREVIEW,
    SAVED,
    FormResult,
    columns_of,
    saved_by_others,
)
from bot.features.notifications.preview import ProposedRules, preview_lines
from bot.features.notifications.rule_draft import JOIN, KEPT, Draft, read_draft
from bot.features.notifications.save_rules import save_connection_rules
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import ON, Choice
from cards.notifications.form import ChoiceField, FormView, Heading, Line, Part, form
from cards.notifications.form import Row as ButtonRow


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the rule, with the condition that was just entered."""
    context = await load_context(services, turn, data)
    draft = read_draft(context, data)
    if COLUMN in data and TEST in data:
        return await _add(services, context, draft, data)
    return await _page(services, context, draft)


async def _add(services: Services, context: RulesContext, draft: Draft, data: ActionData) -> Page:
    column = await _column(services, context, data)
    condition, problem = parse_entered(column, data)
    if len(draft.conditions) >= MAX_CONDITIONS:
        problem = problem or _TOO_MANY
    if condition is None or problem:
        return condition_page(context, draft, column, data, problem)
    added = replace(draft, conditions=(*draft.conditions, condition))
    hidden = await _hidden(services, context, added)
    problem = condition_problem(condition, await _columns(services, context), hidden) or ""
    if problem:
        return condition_page(context, draft, column, data, problem)
    return await _page(services, context, added)


async def new_condition(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page that asks for the test and the values of a column."""
    context = await load_context(services, turn, data)
    draft = read_draft(context, data)
    if not data.get(COLUMN):
        return await _page(services, context, draft, FormResult(problems={COLUMN: "Choose a field."}))
    if len(draft.conditions) >= MAX_CONDITIONS:
        return await _page(services, context, draft, FormResult(problems={COLUMN: _TOO_MANY}))
    return condition_page(context, draft, await _column(services, context, data), data)


async def save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the rule, or return the page with the problems, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    draft = read_draft(context, data)
    if draft.kind.field in context.record_type.locked_rules:
        raise NotAllowed(
            "Your administrator set this for all records of this type.", "Ask your administrator to unlock it."
        )
    problem = await _rule_problem(services, context, draft)
    if problem:
        return await _page(services, context, draft, FormResult(problems={KEPT: problem}))
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


async def _rule_problem(services: Services, context: RulesContext, draft: Draft) -> str:
    if len(draft.conditions) > MAX_CONDITIONS:
        return _TOO_MANY
    columns, hidden = await _columns(services, context), await _hidden(services, context, draft)
    labels = {each.name: each for each in columns}
    for each in draft.conditions:
        problem = condition_problem(each, columns, hidden)
        if problem:
            return f"{describe_condition(each, labels)}: {problem}"
    return ""


async def _columns(services: Services, context: RulesContext) -> Sequence[Column]:
    record = context.chosen.record
    table = await services.records.table(record.environment, record.table)
    return condition_columns(context.record_type, table)


async def _column(services: Services, context: RulesContext, data: ActionData) -> Column:
    columns = await _columns(services, context)
    found = next((each for each in columns if each.name == data.get(COLUMN)), None)
    if found is None:
        raise NotFound("This field is no longer a key field.", "Open the rule again, and choose another field.")
    return found


async def _hidden(services: Services, context: RulesContext, draft: Draft) -> frozenset[str]:
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


async def _page(services: Services, context: RulesContext, draft: Draft, result: FormResult = NO_RESULT) -> Page:
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
                name=KEPT,
                label="Conditions (untick to remove)",
                choices=listed,
                chosen=tuple(each.value for each in listed),
                several=True,
                expanded=True,
                problem=result.problem(KEPT),
            ),
            ChoiceField(name=JOIN, label="Must hold", choices=joins, chosen=(join,)),
        ]
    data = {**draft.data, **({"offered": ON} if draft.conditions else {})}
    choices = tuple(Choice(title=each.label, value=each.name) for each in columns)
    parts += [
        Heading(text="New condition"),
        ChoiceField(name=COLUMN, label="Field", choices=choices, problem=result.problem(COLUMN)),
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
