"""The pages of the value rule and the urgent rule of one record (spec V4, V5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.formatting import canonical_value
from bot.domain.notifications.condition_rules import condition_columns, describe_conditions
from bot.domain.public_names import Dialog
from bot.domain.tables import Column, Row
from bot.domain.texts import text
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import PREVIEW, SAVED, FormResult, saved_by_others
from bot.features.notifications.preview import ProposedRules, preview_lines
from bot.features.notifications.rule_draft import KEPT
from bot.features.notifications.rule_editor import (
    RuleDialogs,
    RuleEditor,
    check_rule,
    rule_page,
    show_condition,
    show_rule,
)
from bot.features.notifications.save_rules import save_connection_rules
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page

_DIALOGS = RuleDialogs(
    rule=Dialog.NOTIFICATIONS_RULE,
    condition=Dialog.NOTIFICATIONS_CONDITION,
    save=Dialog.NOTIFICATIONS_SAVE_RULE,
)


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the rule, with the condition that was just entered."""
    _, editor = await _load(services, turn, data)
    return await show_rule(editor, data)


async def new_condition(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page that asks for the test and the values of a column."""
    _, editor = await _load(services, turn, data)
    return show_condition(editor, data)


async def save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the rule, or return the page with the problems, the preview, or the saves of others."""
    context, editor = await _load(services, turn, data)
    draft = editor.read(data)
    if draft.kind.field in context.record_type.locked_rules:
        raise NotAllowed(
            "Your administrator set this for all records of this type.", "Ask your administrator to unlock it."
        )
    problem = await check_rule(editor, draft)
    if problem:
        return rule_page(editor, draft, FormResult(problems={KEPT: problem}))
    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(connection=draft.apply(context.rules)))
        return rule_page(editor, draft, FormResult(preview=lines))
    part = draft.kind.part
    outcome = await save_connection_rules(services, context, data, part, draft.apply)
    now, present = await _load(services, turn, data)
    rule = getattr(now.rules, draft.kind.field)
    said = describe_conditions(rule, present.labels) if rule else text("No conditions.")
    others = saved_by_others(outcome.saves, part, said)
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    # The person has seen the saves of the others now.
    return rule_page(present, replace(draft, versions={}), FormResult(others=others))


async def _load(services: Services, turn: Turn, data: ActionData) -> tuple[RulesContext, RuleEditor]:
    context = await load_context(services, turn, data)
    record = context.chosen.record
    table = await services.records.table(record.environment, record.table)
    editor = RuleEditor(
        place=context.name,
        rules=context.rules,
        columns=condition_columns(context.record_type, table),
        labels=table.columns,
        hidden=partial(_hidden, services, context),
        dialogs=_DIALOGS,
        button=partial(_button, context),
        back=context.button(text("Back"), Dialog.NOTIFICATIONS_RECORD, leaves=True),
    )
    return context, editor


def _button(context: RulesContext, title: str, dialog: Dialog, data: Mapping[str, str]) -> SubmitButton:
    return context.button(title, dialog, data)


async def _hidden(services: Services, context: RulesContext, secured: Sequence[Column]) -> frozenset[str]:
    """Return the secured columns that chats must not see, or that the person cannot read."""
    if not context.record_type.tell_secured:
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
