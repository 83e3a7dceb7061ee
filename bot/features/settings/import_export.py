"""Taking settings out of one environment and into another, as JSON (spec M1)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.settings import EnvironmentSettings, SettingChange, diff_settings
from bot.domain.settings_history import SavedSettings
from bot.domain.values import EnvironmentId, Person
from bot.features.settings.json_format import changes_to_json, settings_to_json
from bot.features.settings.pages import SaveOutcome, SettingsContext, change_lines, meanwhile_lines, overview_page
from bot.features.settings.parse_import import Import, parse_import
from bot.features.settings.show_settings import (
    administered_environments,
    load_context,
    named_environment,
    with_view_names,
)
from bot.features.settings.store_settings import SaveRequest, SettingsEdit, store_settings
from bot.features.shared import access
from bot.features.shared.services import Services
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.import_export import (
    MAX_TEXT_LENGTH,
    ImportView,
    PreviewView,
    export_page,
    import_page,
    preview_page,
)

RECORD_TYPES_PER_PART = 20
"""Record types in one text: a card has room for so many."""

MAX_CARRIED_LENGTH = 9_000
"""Characters of changes that a button carries, beside their lines on the card."""


async def show_export(services: Services, person: Person, named: str, part: str) -> Page:
    """The settings as a text to copy, in parts where there are many record types."""
    environment = named_environment(services, named or (await administered_environments(services, person))[0].id)
    await access.require_administrator(services, environment.id, person)
    place = await load_context(services, environment)
    number = int(part) if part.isascii() and part.isdigit() and len(part) < len("1000") else 0
    tables = sorted(place.settings.record_types)
    chosen = tables[number * RECORD_TYPES_PER_PART : (number + 1) * RECORD_TYPES_PER_PART]
    shown = replace(place.settings, record_types={name: place.settings.record_types[name] for name in chosen})
    text = settings_to_json(shown, await _view_names(services, environment.id, shown))
    left = len(tables) > (number + 1) * RECORD_TYPES_PER_PART
    more = place.step("Next part", Dialog.SETTINGS_EXPORT, part=str(number + 1)) if left else None
    return export_page(place.id, text, place.back, more=more)


async def _view_names(
    services: Services, environment: EnvironmentId, settings: EnvironmentSettings
) -> Mapping[str, str]:
    """Names that tell the chosen views: ids may differ in the next environment."""
    chosen = [each.table for each in settings.record_types.values() if each.note_view]
    names: dict[str, str] = {}
    for views in await asyncio.gather(*(services.customizations.views(environment, table) for table in chosen)):
        all_names = [view.name for view in views]
        names |= {view.id: view.name for view in views if all_names.count(view.name) == 1}
    return names


async def show_import(services: Services, person: Person, named: str) -> Page:
    """Where to paste the text."""
    return await _importing(services, person, named, "")


async def _importing(
    services: Services, person: Person, named: str, text: str, problems: Sequence[tuple[str, str]] = ()
) -> Page:
    mine = [each.id for each in await administered_environments(services, person)]
    return import_page(
        ImportView(
            environments=tuple(Choice(title=each, value=each) for each in mine),
            chosen=next((each for each in mine if each == named), mine[0]),
            text=text,
            show=SubmitButton(title="Show what would change", dialog=Dialog.SETTINGS_PREVIEW, payload={}),
            problems=tuple(problems),
        )
    )


async def preview_import(services: Services, person: Person, named: str, text: str) -> Page:
    """What the text would change; nothing is saved."""
    environment = named_environment(services, named)
    actor = await access.require_administrator(services, environment.id, person)
    if len(text) > MAX_TEXT_LENGTH:
        raise BadRequest(f"This text has more than {MAX_TEXT_LENGTH} characters.", "Import it in several parts.")
    brought = await parse_import(services, environment.id, actor.object_id, text)
    place = await load_context(services, environment)
    wanted = brought.edit(place.settings)
    wrong = brought.all_problems(brought.validate(place.settings, wanted))
    if wrong:
        return await _importing(services, person, named, text, wrong)
    return _previewed(_with_all_views(place, brought), diff_settings(place.settings, wanted))


async def save_import(services: Services, saving: SaveRequest, text: str) -> Page:
    """The first page with what was saved; or what would change now, where others saved meanwhile."""
    environment = named_environment(services, saving.environment)
    actor = await access.require_administrator(services, environment.id, saving.person)
    brought = await parse_import(services, environment.id, actor.object_id, text)
    if brought.problems:
        return await _importing(services, saving.person, environment.id, text, brought.problems)
    form = SettingsEdit(
        edit=brought.edit,
        validate=brought.validate,
        covers=lambda _: True,
    )
    kept = await store_settings(services, saving, actor, form)
    if kept.problems:
        return await _importing(services, saving.person, environment.id, text, brought.all_problems(kept.problems))
    place = _with_all_views(await load_context(services, environment, kept.settings), brought)
    if kept.changes and not kept.saved:
        return _previewed(place, kept.changes, kept.concurrent_saves)
    said = "Saved. It holds from now on." if kept.saved else "Nothing was changed."
    return overview_page(place, SaveOutcome(message=said, changes=kept.changes, concurrent_saves=kept.concurrent_saves))


def _with_all_views(place: SettingsContext, brought: Import) -> SettingsContext:
    for _, views in brought.known.values():
        place = with_view_names(place, views)
    return place


def _previewed(place: SettingsContext, made: Sequence[SettingChange], meanwhile: Sequence[SavedSettings] = ()) -> Page:
    carried = changes_to_json(made)
    if len(carried) > MAX_CARRIED_LENGTH:
        raise BadRequest("This would change more than fits on a page.", "Import it in several parts.")
    return preview_page(
        PreviewView(
            place=place.id,
            changes=change_lines(place, made),
            save=place.step("Save", Dialog.SETTINGS_SAVE_IMPORT, settings=carried) if made else None,
            back=place.back,
            concurrent_changes=meanwhile_lines(place, meanwhile),
        )
    )
