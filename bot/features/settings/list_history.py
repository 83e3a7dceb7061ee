"""Rows of the history of the settings, filtered and page by page (spec P6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.settings_history import SavedSettings
from bot.domain.values import EnvironmentId, Person
from bot.features.settings.context import load_context, require_administered
from bot.features.settings.current_names import name_saves
from bot.features.shared.services import Services
from cards.settings.shared import ChangeLine, ConcurrentChanges

PAGE_SIZE = 25
"""Rows of a page."""
WHOLE_ENVIRONMENT = "environment"
"""Value of the filter for settings of the whole environment. No table of Dataverse has this name."""

_BATCH = 50
"""Saves that are read at once."""
_MAX_BATCHES = 4
"""Batches that one request searches. Its answer says where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """The filter and the beginning of a page. Empty texts match all rows."""

    table: str = ""
    words: str = ""
    before: int | None = None
    """The version that follows the first save of the page; None for the newest save."""
    skip: int = 0
    """Changes of the first save that earlier pages showed or searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One changed setting, and who changed it."""

    at: datetime
    who: str
    change: ChangeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRows:
    """Rows of the history, the newest first."""

    rows: Sequence[HistoryRow]
    older: tuple[int | None, int] | None = None
    """The beginning of the next page as `before` and `skip`; None at the end."""


async def list_history(services: Services, person: Person, environment_id: str, query: HistoryQuery) -> HistoryRows:
    """Return a page of the history; raise `NotAllowed` if the person does not administer the environment."""
    environment, _ = await require_administered(services, person, environment_id)
    context = await load_context(services, environment)
    rows: list[HistoryRow] = []
    before, skip = query.before, query.skip
    for _ in range(_MAX_BATCHES):
        saves = await _read(services, environment.id, before)
        named = await name_saves(services, context, saves)
        for saved, shown in zip(saves, named, strict=True):
            for index, row in _matches(query, saved, shown, skip):
                if len(rows) == PAGE_SIZE:
                    return HistoryRows(rows=rows, older=(saved.version + 1, index))
                rows.append(row)
            skip = 0
        if len(saves) < _BATCH:
            return HistoryRows(rows=rows)
        before = saves[-1].version
    return HistoryRows(rows=rows, older=(before, 0))


async def _read(services: Services, environment: EnvironmentId, before: int | None) -> Sequence[SavedSettings]:
    async with services.store.reading() as work:
        return await work.settings.history_before(environment, before, at_most=_BATCH)


def _matches(
    query: HistoryQuery, saved: SavedSettings, shown: ConcurrentChanges, skip: int
) -> Iterator[tuple[int, HistoryRow]]:
    words = query.words.casefold().split()
    for index, (change, line) in enumerate(zip(saved.changes, shown.changes, strict=True)):
        text = f"{shown.who} {line.where} {line.setting} {line.was} {line.now}".casefold()
        is_table = not query.table or query.table == (change.table or WHOLE_ENVIRONMENT)
        if index >= skip and is_table and all(word in text for word in words):
            yield index, HistoryRow(at=shown.at, who=shown.who, change=line)
