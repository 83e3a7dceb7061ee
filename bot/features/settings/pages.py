"""The pages of the settings, from what holds and what there is to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from bot.domain.chat_sync import is_sync_on
from bot.domain.public_names import Dataset, Dialog, encode_dataset
from bot.domain.record_types import RecordType
from bot.domain.settings import ORGANIZATION_SETTINGS, EnvironmentSettings, SettingChange, SettingValue
from bot.domain.settings_history import SavedSettings
from bot.domain.values import Environment, EnvironmentId
from bot.features.settings.labels import LABELS, format_setting
from bot.features.settings.rules import SettingProblem
from cards.buttons import LinkButton, SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.organization import OrganizationView, organization_page
from cards.settings.overview import AddTableView, OverviewView, add_table_page
from cards.settings.overview import overview_page as overview_card
from cards.settings.shared import ChangeLine, ConcurrentChanges

TABLES_LISTED = 60
"""So many are listed before anything is typed: a card has no room for all that an organisation may have."""

_ROLES_LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsContext:
    """An environment, what holds there, and its tables' labels by name."""

    environment: Environment
    settings: EnvironmentSettings
    labels: Mapping[str, str]
    several: bool
    """Whether there are other environments."""
    views: Mapping[str, str] = field(default_factory=dict)
    """Names of views by id, as far as they were read."""

    @property
    def id(self) -> EnvironmentId:
        """The environment's id, which people know it by too."""
        return self.environment.id

    def label(self, table: str) -> str:
        """What the table is called; its name where that is not known."""
        return self.labels.get(table, table)

    def step(self, title: str, dialog: Dialog, **data: str) -> SubmitButton:
        """A button that leads on, in this environment and this version."""
        version = str(self.settings.version)
        return SubmitButton(title=title, dialog=dialog, payload={"environment": self.id, "version": version, **data})

    @property
    def back(self) -> SubmitButton:
        """The button that leads to the first page, with nothing saved."""
        return replace(self.step("Back", Dialog.SETTINGS), ignores_inputs=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOutcome:
    """What came of saving."""

    message: str = ""
    changes: tuple[SettingChange, ...] = ()
    problems: Sequence[SettingProblem] = ()
    concurrent_saves: Sequence[SavedSettings] = ()


NOTHING_YET = SaveOutcome()


def overview_page(place: SettingsContext, outcome: SaveOutcome = NOTHING_YET) -> Page:
    """The first page of an environment."""
    set_now = place.settings.organization
    idle = format_setting("sync_idle_days", set_now.sync_idle_days)
    facts = (
        ("Chats", format_setting("chats_on", set_now.chats_on)),
        ("Who may use them", format_setting("allowed_roles", set_now.allowed_roles)),
        ("Chat sync", format_setting("sync_on", set_now.sync_on)),
        ("Synced until idle for", f"{idle} days" if set_now.sync_idle_days else idle),
    )
    elsewhere = SubmitButton(title="Other environment", dialog=Dialog.SETTINGS, payload={}) if place.several else None
    return overview_card(
        OverviewView(
            place=place.id,
            facts=facts,
            types=_types(place),
            change=place.step("Change record type", Dialog.SETTINGS_RECORD_TYPE),
            add=place.step("Add a record type", Dialog.SETTINGS_CHOOSE_TABLE),
            organization=place.step("Organization", Dialog.SETTINGS_ORGANIZATION),
            other_environment=elsewhere,
            message=outcome.message,
            saved=change_lines(place, outcome.changes),
            concurrent_changes=meanwhile_lines(place, outcome.concurrent_saves),
        )
    )


def _types(place: SettingsContext) -> tuple[Choice, ...]:
    """Those that are on first, then by their labels."""
    types = sorted(
        place.settings.record_types.values(), key=lambda each: (not each.enabled, place.label(each.table).casefold())
    )
    return tuple(Choice(title=f"{place.label(each.table)}: {_summary(each)}", value=each.table) for each in types)


def _summary(each: RecordType) -> str:
    if not each.enabled:
        return "off"
    updates = f"{len(each.key_fields)} key fields" if each.notify and each.key_fields else ""
    return ", ".join(["on", *(word for word in ("note" * each.note, "join" * each.join, updates) if word)])


def organisation_page(
    place: SettingsContext,
    roles: Sequence[str],
    *,
    sync_refusal: str,
    idle_days: str | None = None,
    outcome: SaveOutcome = NOTHING_YET,
) -> Page:
    """The settings of the environment.

    `sync_refusal`: why the person may not turn chat sync on or off, if so. `idle_days`: what somebody wrote, where it
    is no number.
    """
    set_now = place.settings.organization
    others = [name for name in roles if name not in set_now.allowed_roles]
    who = sync_refusal or "You are a Global Administrator, so you can change it."
    return organization_page(
        OrganizationView(
            place=place.id,
            labels=LABELS,
            switches=switches(set_now, ORGANIZATION_SETTINGS),
            roles=role_choices([*set_now.allowed_roles, *others[:_ROLES_LISTED]]),
            dataset=encode_dataset(Dataset.ROLES, {"environment": place.id}),
            allowed=tuple(role_value(name) for name in set_now.allowed_roles),
            idle_days=str(set_now.sync_idle_days) if idle_days is None else idle_days,
            sync_words=f"Chat sync is {format_setting('sync_on', set_now.sync_on)}. {who}",
            may_sync=not sync_refusal,
            save=place.step("Save", Dialog.SETTINGS_SAVE_ORGANIZATION),
            back=place.back,
            open_roles=LinkButton(
                title="Security roles in Dynamics 365",
                url=f"{place.environment.url}/main.aspx?pagetype=entitylist&etn=role",
            ),
            sync_existing=place.step("Show them from now on", Dialog.SETTINGS_SYNC_EXISTING)
            if is_sync_on(place.settings)
            else None,
            problems=problem_lines(outcome.problems),
            concurrent_changes=meanwhile_lines(place, outcome.concurrent_saves),
        )
    )


def role_choices(names: Iterable[str]) -> tuple[Choice, ...]:
    """Security roles to choose from."""
    return tuple(Choice(title=name, value=role_value(name)) for name in names)


def role_value(name: str) -> str:
    """A role's name as a choice carries it: a comma would stand between two."""
    return quote(name, safe=" ")


def adding_page(place: SettingsContext, listed: Sequence[Choice], problem: str = "") -> Page:
    """The table to add."""
    return add_table_page(
        AddTableView(
            place=place.id,
            listed=tuple(listed[:TABLES_LISTED]),
            dataset=encode_dataset(Dataset.TABLES, {"environment": place.id}),
            add=place.step("Add", Dialog.SETTINGS_ADD),
            back=place.back,
            problem=problem,
        )
    )


def change_lines(place: SettingsContext, changes: Iterable[SettingChange]) -> tuple[ChangeLine, ...]:
    """The changes in words."""
    return tuple(
        ChangeLine(
            where=place.label(change.table) if change.table else "",
            setting=LABELS[change.setting],
            was=_words(place, change.setting, change.was),
            now=_words(place, change.setting, change.now),
        )
        for change in changes
    )


def _words(place: SettingsContext, setting: str, value: SettingValue) -> str:
    if setting == "note_view" and isinstance(value, str):
        return place.views.get(value, "another view")
    return format_setting(setting, value)


def meanwhile_lines(place: SettingsContext, saved: Iterable[SavedSettings]) -> tuple[ConcurrentChanges, ...]:
    """What others saved, in words."""
    return tuple(
        ConcurrentChanges(who=each.person_name, at=each.at, changes=change_lines(place, each.changes)) for each in saved
    )


def problem_lines(problems: Iterable[SettingProblem]) -> tuple[tuple[str, str], ...]:
    """What is wrong, in words."""
    return tuple((LABELS[problem.setting], problem.reason) for problem in problems)


def switches(settings: object, names: Iterable[str]) -> Mapping[str, bool]:
    """The switches among the settings."""
    values: dict[str, SettingValue] = {name: getattr(settings, name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, bool)}
