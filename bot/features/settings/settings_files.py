"""Settings as files: export them, and import them from a page that has no limit of a card's size (spec P6)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.values import Person
from bot.features.settings.apply_import import ImportResult, apply_import, check_import
from bot.features.settings.context import load_context, require_administered
from bot.features.settings.import_export import part_text
from bot.features.settings.parse_import import MAX_RECORD_TYPES
from bot.features.settings.store_settings import SaveRequest
from bot.features.shared.services import Services

MAX_LENGTH = 100_000
"""Characters of a file. An export of the maximum number of record types has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A file that can be imported."""

    name: str
    text: str


async def export_files(services: Services, person: Person, environment_id: str) -> Sequence[SettingsFile]:
    """Return the settings as one file, or as several if one file has more record types than an import accepts."""
    environment, _ = await require_administered(services, person, environment_id)
    context = await load_context(services, environment)
    count = max(1, -(-len(context.settings.record_types) // MAX_RECORD_TYPES))
    texts = [part_text(services, context, number, record_types=MAX_RECORD_TYPES) for number in range(count)]
    name = f"chat-sync-settings-{re.sub('[^a-z0-9.-]+', '-', environment.id.lower())}"
    return [
        SettingsFile(name=f"{name}-{number}.json" if count > 1 else f"{name}.json", text=text)
        for number, text in enumerate(await asyncio.gather(*texts), start=1)
    ]


async def check_file(services: Services, person: Person, environment_id: str, text: str) -> ImportResult:
    """Return the changes that the file would make, without saving them; raise `BadRequest` for a file too long."""
    _require_short(text)
    return await check_import(services, person, environment_id, text)


async def import_file(services: Services, request: SaveRequest, text: str) -> ImportResult:
    """Save the settings of the file, unless it has a problem or others saved since the person saw the changes."""
    _require_short(text)
    return await apply_import(services, request, text)


def _require_short(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise BadRequest("This file is too long for settings.", "Choose a settings export.")
