"""The overview and the organization page of the settings, and the parts that all pages share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.chat_sync import is_sync_on
from bot.domain.environment_settings import OrganizationSettings
from bot.domain.notifications.defaults import RULE_SETTINGS
from bot.domain.public_names import Dataset, Dialog, encode_dataset
from bot.domain.record_types import RecordType
from bot.domain.settings import ORGANIZATION_SETTINGS, SettingChange, SettingValue
from bot.domain.settings_history import SavedSettings
from bot.domain.texts import Text, and_list, plural, sentences, text
from bot.features.settings.apps import ALL_APPS, SOME_APPS, AppList, app_choices, sorted_apps
from bot.features.settings.choices import fit_choices, role_choices, role_value
from bot.features.settings.context import SettingsContext
from bot.features.settings.labels import ALL_APPS as ALL_APPS_TITLE
from bot.features.settings.labels import LABELS, WITHOUT_CHATS, describe_rule, format_setting
from bot.features.settings.rules import SettingProblem
from bot.features.settings.store_settings import SAVED, SAVED_WITHOUT_EFFECT
from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.organization import OrganizationView, PaneAppsView
from cards.settings.organization import organization_page as organization_card
from cards.settings.overview import AddTableView, OverviewView
from cards.settings.overview import add_table_page as add_table_card
from cards.settings.overview import overview_page as overview_card
from cards.settings.shared import ChangeLine, ConcurrentChanges

MAX_LISTED_TABLES = 60
"""Tables listed before the person types: a card has no room for all tables of an organization."""

_MAX_LISTED_ROLES = 100
_MAX_APP_BYTES = 4_000
_OVERVIEW_SETTINGS = ("chats_on", "allowed_roles", "sync_on", "sync_idle_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOutcome:
    """The result of a save, as the next page shows it."""

    message: str = ""
    changes: tuple[SettingChange, ...] = ()
    problems: Sequence[SettingProblem] = ()
    concurrent_saves: Sequence[SavedSettings] = ()


NO_OUTCOME = SaveOutcome()


def overview_page(context: SettingsContext, outcome: SaveOutcome = NO_OUTCOME) -> Page:
    """Return the first page of an environment, with the result of the last save."""
    organization = context.settings.organization
    facts = tuple((LABELS[name], format_setting(name, getattr(organization, name))) for name in _OVERVIEW_SETTINGS)
    warnings = without_effect(organization)
    other = SubmitButton(title=text("Other environment"), dialog=Dialog.SETTINGS, payload={})
    return overview_card(
        OverviewView(
            place=context.id,
            facts=facts,
            types=_record_types(context),
            change=context.button(text("Change record type"), Dialog.SETTINGS_RECORD_TYPE),
            add=context.button(text("Add a record type"), Dialog.SETTINGS_CHOOSE_TABLE),
            organization=context.button(text("Organization"), Dialog.SETTINGS_ORGANIZATION),
            history=replace(context.button(text("History"), Dialog.SETTINGS_HISTORY), ignores_inputs=True),
            other_environment=other if context.has_other_environments else None,
            message=SAVED_WITHOUT_EFFECT if warnings and outcome.message == SAVED else outcome.message,
            warnings=warnings,
            saved=change_lines(context, outcome.changes),
            concurrent_changes=concurrent_changes(context, outcome.concurrent_saves),
        )
    )


def without_effect(organization: OrganizationSettings) -> tuple[str, ...]:
    """Return a sentence for each switch that is on, but has no effect because chats are off."""
    if organization.chats_on:
        return ()
    return tuple(sentence for name, sentence in WITHOUT_CHATS.items() if getattr(organization, name))


def _record_types(context: SettingsContext) -> tuple[Choice, ...]:
    return tuple(
        Choice(title=_record_type_title(context, each), value=each.table) for each in sorted_record_types(context)
    )


def _record_type_title(context: SettingsContext, record_type: RecordType) -> Text:
    return text(
        "{record_type} ({features})",
        record_type=context.label(record_type.table),
        features=record_type_summary(record_type),
    )


def sorted_record_types(context: SettingsContext) -> Sequence[RecordType]:
    """Return the record types, the enabled ones first, each group sorted by label."""
    return sorted(
        context.settings.record_types.values(),
        key=lambda each: (not each.enabled, context.label(each.table).casefold()),
    )


def record_type_summary(record_type: RecordType) -> Text:
    """Return the features that are on, in a few words."""
    if not record_type.enabled:
        return text("off")
    count = len(record_type.key_fields) if record_type.notify else 0
    features = {
        text("note"): record_type.note,
        text("join"): record_type.join,
        plural(count, "1 key field", "{count} key fields"): count > 0,
    }
    return and_list(name for name, is_on in features.items() if is_on) or text("on")


def organization_page(
    context: SettingsContext,
    roles: Sequence[str],
    apps: AppList,
    *,
    sync_refusal: str,
    idle_days: str | None = None,
    outcome: SaveOutcome = NO_OUTCOME,
) -> Page:
    """Return the page with the settings of the whole environment.

    `sync_refusal`: the reason why the person may not turn chat sync on or off; empty if they may.
    `idle_days`: the input that was not a number, if there was one.
    """
    organization = context.settings.organization
    other_roles = [name for name in roles if name not in organization.allowed_roles]
    state = text("Chat sync is on.") if organization.sync_on else text("Chat sync is off.")
    permission = sync_refusal or text("You are a Global Administrator, so you can change it.")
    sync_existing = context.button(text("Show them"), Dialog.SETTINGS_SYNC_EXISTING)
    return organization_card(
        OrganizationView(
            place=context.id,
            labels=LABELS,
            switches=switches(organization, ORGANIZATION_SETTINGS),
            roles=role_choices([*organization.allowed_roles, *other_roles[:_MAX_LISTED_ROLES]]),
            dataset=encode_dataset(Dataset.ROLES, {"environment": context.id}),
            allowed=tuple(role_value(name) for name in organization.allowed_roles),
            idle_days=str(organization.sync_idle_days) if idle_days is None else idle_days,
            sync_words=sentences(*without_effect(organization), state, permission),
            may_sync=not sync_refusal,
            pane_apps=_app_view(context, apps),
            save=context.button(text("Save"), Dialog.SETTINGS_SAVE_ORGANIZATION),
            back=context.back,
            open_roles=LinkButton(
                title=text("Security roles"),
                url=f"{context.environment.url}/main.aspx?pagetype=entitylist&etn=role",
            ),
            sync_existing=sync_existing if is_sync_on(context.settings) else None,
            problems=problem_lines(outcome.problems),
            concurrent_changes=concurrent_changes(context, outcome.concurrent_saves),
        )
    )


def _app_view(context: SettingsContext, found: AppList) -> PaneAppsView:
    chosen = context.settings.organization.pane_apps
    return PaneAppsView(
        choices=(Choice(title=ALL_APPS_TITLE, value=ALL_APPS), Choice(title=text("Only these apps"), value=SOME_APPS)),
        chosen=ALL_APPS if chosen is None else SOME_APPS,
        apps=fit_choices(app_choices(sorted_apps(found, chosen or ())), _MAX_APP_BYTES),
        chosen_apps=chosen or (),
        dataset=encode_dataset(Dataset.APPS, {"environment": context.id}),
        problem=found.problem,
    )


def add_table_page(context: SettingsContext, tables: Sequence[Choice], problem: str = "") -> Page:
    """Return the page that asks for a table to add."""
    return add_table_card(
        AddTableView(
            place=context.id,
            listed=tuple(tables[:MAX_LISTED_TABLES]),
            dataset=encode_dataset(Dataset.TABLES, {"environment": context.id}),
            add=context.button(text("Add"), Dialog.SETTINGS_ADD),
            back=context.back,
            problem=problem,
        )
    )


def change_lines(context: SettingsContext, changes: Iterable[SettingChange]) -> tuple[ChangeLine, ...]:
    """Return the changes with the labels of the settings and their values."""
    return tuple(
        ChangeLine(
            where=context.label(change.table) if change.table else "",
            setting=LABELS[change.setting],
            was=_format_value(context, change, change.was),
            now=_format_value(context, change, change.now),
        )
        for change in changes
    )


def _format_value(context: SettingsContext, change: SettingChange, value: SettingValue) -> str:
    if change.setting == "note_view" and isinstance(value, str):
        return context.views.get(value, text("another view"))
    if change.setting in RULE_SETTINGS and isinstance(value, tuple):
        return describe_rule(value, context.columns.get(change.table or "", {}))
    return format_setting(change.setting, value)


def concurrent_changes(context: SettingsContext, saved: Iterable[SavedSettings]) -> tuple[ConcurrentChanges, ...]:
    """Return the changes that others saved, with their names and times."""
    return tuple(
        ConcurrentChanges(who=each.person_name, at=each.at, changes=change_lines(context, each.changes))
        for each in saved
    )


def problem_lines(problems: Iterable[SettingProblem]) -> tuple[tuple[str, str], ...]:
    """Return the label of the setting and the reason for each problem."""
    return tuple((LABELS[problem.setting], problem.reason) for problem in problems)


def switches(settings: object, names: Iterable[str]) -> Mapping[str, bool]:
    """Return those of the settings that are switches."""
    values: dict[str, SettingValue] = {name: getattr(settings, name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, bool)}
