"""Apply an administrator's changes to the current settings, and record who changed what (spec M1, T6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest
from bot.domain.jobs import EnvironmentJob, JobKind
from bot.domain.notifications.defaults import DECISION_SETTINGS
from bot.domain.settings import (
    SYNC_SETTINGS,
    EnvironmentSettings,
    SettingChange,
    apply_changes,
    diff_settings,
    revert_changes,
)
from bot.domain.settings_history import SavedSettings
from bot.domain.synced_chats import Pause
from bot.domain.texts import text
from bot.domain.values import Chat, EnvironmentId, Person
from bot.domain.watching import WATCH_SETTINGS, watches_after
from bot.features.settings.context import OPEN_AGAIN
from bot.features.settings.rules import SettingProblem
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork

Edit = Callable[[EnvironmentSettings], EnvironmentSettings]
Validator = Callable[[EnvironmentSettings, EnvironmentSettings], Sequence[SettingProblem]]
"""Returns the problems of a change, given the settings before and after it."""

SAVED = text("Saved. The change is active.")
SAVED_WITHOUT_EFFECT = text("Saved.")
NOTHING_CHANGED = text("Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRequest:
    """The chat and person of a save, and the environment and version of the settings that the person saw."""

    chat: Chat
    person: Person
    environment: EnvironmentId
    """Untrusted until it is compared with the configured environments."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEdit:
    """The requested changes."""

    edit: Edit
    validate: Validator
    conflicts_with: Callable[[SettingChange], bool]
    """Returns whether the person must see this concurrent change before saving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResult:
    """The result of a save. If nothing was saved, `settings` and `changes` are the requested ones."""

    settings: EnvironmentSettings
    saved: bool
    changes: tuple[SettingChange, ...]
    problems: Sequence[SettingProblem] = ()
    concurrent_saves: Sequence[SavedSettings] = ()
    """Changes that others saved since the page was opened."""


async def store_settings(
    services: Services, request: SaveRequest, administrator: AuthorizedUser, edit: SettingsEdit
) -> SaveResult:
    """Save the changes unless they are invalid or conflict with others'; raise `BadRequest` for an unknown version."""
    async with services.store.writing() as work:
        result = await _check(work, request, edit)
        concurrent = [change for each in result.concurrent_saves for change in each.changes]
        if not result.changes or result.problems or any(map(edit.conflicts_with, concurrent)):
            return result
        entry = _history_entry(services, request, administrator, result)
        settings = await _save(work, result.settings, entry)
        await work.audit.add(_audit_entry(entry))
        return replace(result, settings=settings, saved=True)


async def check_settings(services: Services, request: SaveRequest, edit: SettingsEdit) -> SaveResult:
    """Return the result that `store_settings` has if it does not save; raise `BadRequest` for an unknown version."""
    async with services.store.writing() as work:
        return await _check(work, request, edit)


async def _check(work: UnitOfWork, request: SaveRequest, edit: SettingsEdit) -> SaveResult:
    current = await work.settings.get_for_update(request.environment)
    if not 0 <= request.version <= current.version:
        raise BadRequest("This page is out of date.", OPEN_AGAIN)
    concurrent_saves = await work.settings.history_since(request.environment, request.version)
    seen = revert_changes(current, [change for each in concurrent_saves for change in each.changes])
    requested = edit.edit(seen)
    after = apply_changes(current, diff_settings(seen, requested))
    return SaveResult(
        settings=after,
        saved=False,
        changes=diff_settings(current, after),
        problems=edit.validate(seen, requested),
        concurrent_saves=concurrent_saves,
    )


def _history_entry(
    services: Services,
    request: SaveRequest,
    administrator: AuthorizedUser,
    result: SaveResult,
) -> SavedSettings:
    return SavedSettings(
        environment=request.environment,
        version=result.settings.version + 1,
        at=services.clock.now(),
        person_id=administrator.object_id,
        person_name=administrator.user.name,
        chat_id=request.chat.id,
        changes=result.changes,
    )


def _audit_entry(entry: SavedSettings) -> AuditEntry:
    """Return the entry of the audit log. The values are in the history of the settings."""
    return AuditEntry(
        at=entry.at,
        act="change settings",
        person_id=entry.person_id,
        person_name=entry.person_name,
        chat_id=entry.chat_id,
        environment=entry.environment,
        details={"version": str(entry.version)},
    )


async def _save(work: UnitOfWork, settings: EnvironmentSettings, entry: SavedSettings) -> EnvironmentSettings:
    changed = {change.setting for change in entry.changes}
    after = replace(settings, version=entry.version)
    if "sync_on" in changed:
        after = replace(after, sync_changed_at=entry.at)
    await _exclude_pause(work, after, entry)
    after = replace(after, watches=watches_after(revert_changes(after, entry.changes), after, at=entry.at))
    await work.settings.save(after, entry)
    if changed & WATCH_SETTINGS:
        await work.settings.save_watches(entry.environment, after.watches)
        await _enqueue(work, JobKind.TAKE_VALUES, entry)
    # The webhook's steps follow from the settings.
    await _enqueue(work, JobKind.FOLLOW_SETTINGS, entry)
    if changed & DECISION_SETTINGS:
        await _enqueue(work, JobKind.FOLLOW_RULES, entry)
    if changed & SYNC_SETTINGS:
        await _enqueue(work, JobKind.SYNC_ALL, entry)
    return after


async def _exclude_pause(work: UnitOfWork, after: EnvironmentSettings, entry: SavedSettings) -> None:
    """Exclude the time during which sync was off from the idle time of chats, if sync resumes (spec S2, Y3)."""
    before = revert_changes(after, entry.changes)
    if is_sync_on(before) or not is_sync_on(after):
        return
    pause = _find_pause(before, await work.settings.history_since(entry.environment, 0), entry.at)
    if pause:
        await work.chat_sync.exclude_pause(entry.environment, pause)


async def _enqueue(work: UnitOfWork, kind: JobKind, entry: SavedSettings) -> None:
    await work.inbox.enqueue(EnvironmentJob(kind=kind, environment=entry.environment), at=entry.at, due_at=entry.at)


def _find_pause(settings: EnvironmentSettings, history: Sequence[SavedSettings], end: datetime) -> Pause | None:
    """Return the time during which sync was off, up to `end`, from the history; None if it was never on."""
    for entry in reversed(history):
        settings = revert_changes(settings, entry.changes)
        if is_sync_on(settings):
            days = settings.organization.sync_idle_days
            return Pause(start=entry.at, end=end, active_since=entry.at - timedelta(days=days) if days else None)
    return None
