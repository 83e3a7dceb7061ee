"""Current names of the people, tables, views, and columns in the history of the settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import ChatSyncError
from bot.domain.notifications.defaults import RULE_SETTINGS
from bot.domain.settings import SettingChange, SettingValue
from bot.domain.settings_history import SavedSettings
from bot.features.settings.context import SettingsContext, read_table
from bot.features.settings.pages import concurrent_changes
from bot.features.shared.people_details import look_up_people
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.settings.shared import ConcurrentChanges

_OF_COLUMNS = frozenset({"key_fields", "change_fields"})
_NAMING = _OF_COLUMNS | {"note_view", *RULE_SETTINGS}
"""Settings that name columns or views."""

_log = get_logger(__name__)


async def name_saves(
    services: Services, context: SettingsContext, saves: Sequence[SavedSettings]
) -> tuple[ConcurrentChanges, ...]:
    """Return the saves as people read them. A name that cannot be read stays as it was saved."""
    people = await look_up_people(services, named=(each.person_id for each in saves), present=())
    changes = (change for each in saves for change in each.changes)
    context = await with_tables(services, context, (each.table for each in changes if each.setting in _NAMING))
    named = (replace(each, person_name=people.name(each.person_id) or each.person_name) for each in saves)
    return concurrent_changes(context, (_with_labels(each, context) for each in named))


async def with_tables(services: Services, context: SettingsContext, tables: Iterable[str | None]) -> SettingsContext:
    """Return the context with the views and the columns of the tables that exist now."""
    for name in sorted({each for each in tables if each}):
        try:
            table, views = await read_table(services, context.id, name)
        except ChatSyncError as error:
            _log.warning("settings.names_missing", table=name, reason=describe_error(error))
            continue
        context = context.with_views(views).with_table(table)
    return context


def _with_labels(saved: SavedSettings, context: SettingsContext) -> SavedSettings:
    return replace(saved, changes=tuple(_labelled(each, context) for each in saved.changes))


def _labelled(change: SettingChange, context: SettingsContext) -> SettingChange:
    """Return the change with the labels of columns instead of their names."""
    if change.setting not in _OF_COLUMNS:
        return change
    columns = context.columns.get(change.table or "", {})
    labels: Mapping[str, str] = {name: column.label for name, column in columns.items()}

    def named(value: SettingValue) -> SettingValue:
        return tuple(labels.get(each, each) for each in value) if isinstance(value, tuple) else value

    return replace(change, was=named(change.was), now=named(change.now))
