"""Export the settings of an environment as JSON, and import them into another one (spec M1)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.settings import EnvironmentSettings, SettingChange
from bot.domain.settings_history import SavedSettings
from bot.domain.texts import text
from bot.domain.values import EnvironmentId, Person
from bot.features.settings.apply_import import apply_import, check_import
from bot.features.settings.context import (
    SettingsContext,
    administered_environments,
    load_context,
    require_administered,
)
from bot.features.settings.json_format import changes_to_json, settings_to_json
from bot.features.settings.pages import SaveOutcome, change_lines, concurrent_changes, overview_page
from bot.features.settings.parse_import import SPLIT
from bot.features.settings.store_settings import NOTHING_CHANGED, SAVED, SaveRequest
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
"""Record types in one text: a card has no room for more."""

MAX_CARRIED_LENGTH = 9_000
"""Characters of changes that a button carries, in addition to their lines on the card."""

_MAX_DIGITS = 3


async def show_export(services: Services, person: Person, environment_id: str, part: str) -> Page:
    """Return the page with the settings to copy, in parts if there are many record types."""
    name = environment_id or (await administered_environments(services, person))[0].id
    environment, _ = await require_administered(services, person, name)
    context = await load_context(services, environment)
    number = int(part) if part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS else 0
    document = await part_text(services, context, number, record_types=RECORD_TYPES_PER_PART)
    next_part = context.button(text("Next part"), Dialog.SETTINGS_EXPORT, part=str(number + 1))
    has_more = len(context.settings.record_types) > (number + 1) * RECORD_TYPES_PER_PART
    return export_page(context.id, document, context.back, more=next_part if has_more else None)


async def part_text(services: Services, context: SettingsContext, number: int, *, record_types: int) -> str:
    """Return a part of the settings as JSON, with at most this number of record types."""
    tables = sorted(context.settings.record_types)[number * record_types : (number + 1) * record_types]
    shown = {table: context.settings.record_types[table] for table in tables}
    settings = replace(context.settings, record_types=shown)
    return settings_to_json(settings, await _view_names(services, context.id, settings))


async def _view_names(
    services: Services, environment: EnvironmentId, settings: EnvironmentSettings
) -> Mapping[str, str]:
    """Return the unique names of the chosen views by ID: IDs may differ in another environment."""
    tables = [each.table for each in settings.record_types.values() if each.note_view]
    names: dict[str, str] = {}
    for views in await asyncio.gather(*(services.customizations.views(environment, table) for table in tables)):
        all_names = [view.name for view in views]
        names |= {view.id: view.name for view in views if all_names.count(view.name) == 1}
    return names


async def show_import(
    services: Services,
    person: Person,
    environment_id: str,
    document: str = "",
    problems: Sequence[tuple[str, str]] = (),
) -> Page:
    """Return the page for pasting the text, or the text again with its problems."""
    administered = [each.id for each in await administered_environments(services, person)]
    return import_page(
        ImportView(
            environments=tuple(Choice(title=each, value=each) for each in administered),
            chosen=next((each for each in administered if each == environment_id), administered[0]),
            text=document,
            show=SubmitButton(title=text("Preview changes"), dialog=Dialog.SETTINGS_PREVIEW, payload={}),
            problems=tuple(problems),
        )
    )


async def preview_import(services: Services, person: Person, environment_id: str, document: str) -> Page:
    """Return the changes that the text would make, without saving them."""
    if len(document) > MAX_TEXT_LENGTH:
        raise BadRequest(text("This text has more than {most} characters.", most=MAX_TEXT_LENGTH), SPLIT)
    result = await check_import(services, person, environment_id, document)
    if result.problems:
        return await show_import(services, person, environment_id, document, result.problems)
    return _preview(result.context, result.changes)


async def save_import(services: Services, request: SaveRequest, document: str) -> Page:
    """Save the settings and return the overview. If others saved in the meantime, return a new preview."""
    result = await apply_import(services, request, document)
    if result.problems:
        return await show_import(services, request.person, request.environment, document, result.problems)
    if result.changes and not result.saved:
        return _preview(result.context, result.changes, result.concurrent_saves)
    message = SAVED if result.saved else NOTHING_CHANGED
    return overview_page(
        result.context, SaveOutcome(message=message, changes=result.changes, concurrent_saves=result.concurrent_saves)
    )


def _preview(
    context: SettingsContext, changes: Sequence[SettingChange], concurrent_saves: Sequence[SavedSettings] = ()
) -> Page:
    document = changes_to_json(changes)
    if len(document) > MAX_CARRIED_LENGTH:
        raise BadRequest("This text has more changes than fit on a page.", SPLIT)
    return preview_page(
        PreviewView(
            place=context.id,
            changes=change_lines(context, changes),
            save=context.button(text("Save"), Dialog.SETTINGS_SAVE_IMPORT, settings=document) if changes else None,
            back=context.back,
            concurrent_changes=concurrent_changes(context, concurrent_saves),
        )
    )
