"""Compare the settings in a text with those of an environment, and save them (spec M1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.settings import SettingChange, diff_settings
from bot.domain.settings_history import SavedSettings
from bot.domain.values import Person
from bot.features.settings.context import SettingsContext, load_context, require_administered
from bot.features.settings.parse_import import Import, parse_import
from bot.features.settings.store_settings import SaveRequest, SettingsEdit, store_settings
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The changes that a text makes. Without problems, `saved` says whether they are saved."""

    context: SettingsContext
    """The environment, with the names that the changes need."""
    changes: tuple[SettingChange, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    """Pairs of a setting's path and the reason."""
    concurrent_saves: Sequence[SavedSettings] = ()
    """Changes that others saved since the person saw the changes."""
    saved: bool = False


async def check_import(services: Services, person: Person, environment_id: str, text: str) -> ImportResult:
    """Return the changes that the text would make, without saving them."""
    environment, administrator = await require_administered(services, person, environment_id)
    imported = await parse_import(services, environment.id, administrator.object_id, text)
    context = _with_all_names(await load_context(services, environment), imported)
    requested = imported.edit(context.settings)
    problems = imported.all_problems(imported.validate(context.settings, requested))
    if problems:
        return ImportResult(context=context, problems=problems)
    return ImportResult(context=context, changes=diff_settings(context.settings, requested))


async def apply_import(services: Services, request: SaveRequest, text: str) -> ImportResult:
    """Save the settings of the text, unless it has a problem or others saved since the person saw the changes."""
    environment, administrator = await require_administered(services, request.person, request.environment)
    imported = await parse_import(services, environment.id, administrator.object_id, text)
    if imported.problems:
        return ImportResult(context=await load_context(services, environment), problems=imported.problems)
    edit = SettingsEdit(edit=imported.edit, validate=imported.validate, conflicts_with=lambda _: True)
    result = await store_settings(services, request, administrator, edit)
    return ImportResult(
        context=_with_all_names(await load_context(services, environment, result.settings), imported),
        changes=() if result.problems else result.changes,
        problems=imported.all_problems(result.problems) if result.problems else (),
        concurrent_saves=result.concurrent_saves,
        saved=result.saved,
    )


def _with_all_names(context: SettingsContext, imported: Import) -> SettingsContext:
    for table, views in imported.tables.values():
        context = context.with_views(views).with_table(table)
    return context
