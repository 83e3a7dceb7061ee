"""The pages of the default value rule and urgent rule of a record type (spec V9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.notifications.condition_rules import condition_columns, conditions_to_texts, hidden_columns
from bot.domain.notifications.defaults import LOCKABLE, default_rules
from bot.domain.public_names import Dialog
from bot.domain.record_types import RecordType
from bot.domain.settings import EnvironmentSettings, SettingChange, revert_changes, with_record_type
from bot.domain.settings_history import SavedSettings
from bot.domain.tables import Column, Table, View
from bot.domain.texts import Text, sentences, text
from bot.features.notifications.pages import PREVIEW, FormResult
from bot.features.notifications.preview import preview_defaults
from bot.features.notifications.rule_draft import KEPT, Draft
from bot.features.notifications.rule_editor import (
    RuleDialogs,
    RuleEditor,
    check_rule,
    rule_page,
    show_condition,
    show_rule,
)
from bot.features.settings.context import SettingsContext, load_context, read_table, require_administered
from bot.features.settings.form_data import parse_environment, parse_save_request, parse_table
from bot.features.settings.labels import LABELS, describe_rule
from bot.features.settings.pages import overview_page
from bot.features.settings.rules import record_type_problems
from bot.features.settings.save_settings import is_done, save_outcome
from bot.features.settings.store_settings import SaveResult, SettingsEdit, store_settings
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.action_data import ActionData
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.notifications.form import SavedByOther

_DIALOGS = RuleDialogs(rule=Dialog.SETTINGS_RULE, condition=Dialog.SETTINGS_CONDITION, save=Dialog.SETTINGS_SAVE_RULE)
_LOCKS = "locked_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Defaults:
    """The record type whose default rules an administrator edits."""

    context: SettingsContext
    administrator: AuthorizedUser
    table: Table
    views: Sequence[View]

    @property
    def record_type(self) -> RecordType:
        """The present settings of the record type."""
        return self.context.settings.record_type(self.table.name)

    @property
    def editor(self) -> RuleEditor:
        """The pages of its rules."""
        return RuleEditor(
            place=text("{label} ({name})", label=self.table.label, name=self.table.name),
            rules=default_rules(self.record_type),
            columns=condition_columns(self.record_type, self.table),
            labels=self.table.columns,
            hidden=self._hidden,
            dialogs=_DIALOGS,
            button=self._button,
            back=replace(self._button(text("Back"), Dialog.SETTINGS_RECORD_TYPE, {}), ignores_inputs=True),
            locked_rules=self.record_type.locked_rules,
        )

    def _button(self, title: str, dialog: Dialog, data: Mapping[str, str]) -> SubmitButton:
        return self.context.button(title, dialog, table=self.table.name, **data)

    async def _hidden(self, _secured: Sequence[Column]) -> frozenset[str]:
        # Administrators read all columns.
        return hidden_columns(self.record_type, self.table)


async def _load(services: Services, turn: Turn, data: ActionData) -> _Defaults:
    """Return the record type; raise `BadRequest`, or `NotAllowed` if the person is no administrator."""
    environment, administrator = await require_administered(services, turn.person, parse_environment(data))
    table, views = await read_table(services, environment.id, parse_table(data))
    context = (await load_context(services, environment)).with_views(views).with_table(table)
    return _Defaults(context=context, administrator=administrator, table=table, views=views)


async def _rule(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_rule((await _load(services, turn, data)).editor, data)


async def _condition(services: Services, turn: Turn, data: ActionData) -> Page:
    return show_condition((await _load(services, turn, data)).editor, data)


async def _save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the rule and return the overview, or return the page with the problems, the preview, or others' saves."""
    defaults = await _load(services, turn, data)
    editor = defaults.editor
    draft = editor.read(data)
    problem = await check_rule(editor, draft)
    if problem:
        return rule_page(editor, draft, FormResult(problems={KEPT: problem}))
    if PREVIEW in data:
        proposed = _with_rule(defaults.record_type, draft)
        lines = await preview_defaults(services, defaults.context.id, proposed)
        return rule_page(editor, draft, FormResult(preview=lines))
    request = parse_save_request(turn, data)
    result = await store_settings(services, request, defaults.administrator, _edit(defaults, draft))
    settings = result.settings if result.saved else revert_changes(result.settings, result.changes)
    now = replace(defaults, context=replace(defaults.context, settings=settings))
    if is_done(result):
        return overview_page(now.context, save_outcome(result))
    problem = next((each.reason for each in result.problems), "")
    others = _saved_by_others(now, draft, result)
    # The administrator has seen the saves of the others now.
    return rule_page(now.editor, replace(draft, versions={}), FormResult(problems={KEPT: problem}, others=others))


def _edit(defaults: _Defaults, draft: Draft) -> SettingsEdit:
    table, views = defaults.table, defaults.views

    def edit(settings: EnvironmentSettings) -> EnvironmentSettings:
        return with_record_type(settings, _with_rule(settings.record_type(table.name), draft))

    return SettingsEdit(
        edit=edit,
        validate=lambda before, requested: record_type_problems(
            before.record_type(table.name), requested.record_type(table.name), table, views
        ),
        conflicts_with=lambda change: _is_same(change, table, draft),
    )


def _with_rule(record_type: RecordType, draft: Draft) -> RecordType:
    """Return the settings with the rule as the default, and its lock."""
    locked = {*record_type.locked_rules} - {draft.kind.field} | ({draft.kind.field} if draft.locked else set())
    changed: dict[str, Any] = {draft.kind.field: conditions_to_texts(draft.rule)}
    return replace(record_type, **changed, locked_rules=tuple(each for each in LOCKABLE if each in locked))


def _is_same(change: SettingChange, table: Table, draft: Draft) -> bool:
    return change.table == table.name and change.setting in {draft.kind.field, _LOCKS}


def _saved_by_others(now: _Defaults, draft: Draft, result: SaveResult) -> tuple[SavedByOther, ...]:
    """Return the saves of others since the page was opened, with the rule that the last one left."""
    rule = _describe(now, draft.kind.field)

    def saved(each: SavedSettings) -> SavedByOther:
        is_conflict = any(_is_same(change, now.table, draft) for change in each.changes)
        what = rule if is_conflict else text("They changed other settings.")
        return SavedByOther(who=each.person_name, at=each.at, what=what, is_conflict=is_conflict)

    return tuple(map(saved, result.concurrent_saves))


def _describe(now: _Defaults, field: str) -> Text:
    """Return the present rule and whether chats can change it."""
    value = describe_rule(getattr(now.record_type, field), now.table.columns)
    rule = text("{setting}: {value}.", setting=LABELS[field], value=value)
    is_locked = field in now.record_type.locked_rules
    return sentences(rule, text("Chats cannot change this rule.") if is_locked else text("Chats can change this rule."))


PAGES: Mapping[str, PageHandler] = {
    Dialog.SETTINGS_RULE: _rule,
    Dialog.SETTINGS_CONDITION: _condition,
    Dialog.SETTINGS_SAVE_RULE: _save,
}
