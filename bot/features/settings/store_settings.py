"""Saving what an administrator wants, on what holds by then, with who changed what (spec M1, T6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest
from bot.domain.jobs import EnvironmentJob, JobKind
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
from bot.domain.values import Chat, EnvironmentId, Person
from bot.features.settings.rules import SettingProblem
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork

Edit = Callable[[EnvironmentSettings], EnvironmentSettings]
Validator = Callable[[EnvironmentSettings, EnvironmentSettings], Sequence[SettingProblem]]
"""What speaks against going from one to the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRequest:
    """Who presses the button where, and which version of which environment's settings they saw."""

    chat: Chat
    person: Person
    environment: EnvironmentId
    """A claim, until it is compared with those that the product is set up for."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEdit:
    """What somebody wants."""

    edit: Edit
    validate: Validator
    covers: Callable[[SettingChange], bool]
    """Whether what others saved meanwhile has to be looked at before this may be saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResult:
    """What came of it. `settings` is what holds now; where nothing was saved, with what was wanted."""

    settings: EnvironmentSettings
    saved: bool
    changes: tuple[SettingChange, ...]
    problems: Sequence[SettingProblem] = ()
    concurrent_saves: Sequence[SavedSettings] = ()
    """What others saved since the form was made."""


async def store_settings(
    services: Services, saving: SaveRequest, actor: AuthorizedUser, form: SettingsEdit
) -> SaveResult:
    """What was saved, or why not; raises `BadRequest` for a version that never was."""
    async with services.store.writing() as work:
        now = await work.settings.get_for_update(saving.environment)
        if not 0 <= saving.version <= now.version:
            raise BadRequest("This page does not fit the settings.", "Write settings to open them again.")
        meanwhile = await work.settings.history_since(saving.environment, saving.version)
        others = [change for each in meanwhile for change in each.changes]
        base = revert_changes(now, others)
        wanted = form.edit(base)
        mine = diff_settings(base, wanted)
        after = apply_changes(now, mine)
        problems = form.validate(base, wanted)
        to_look_at = any(form.covers(change) for change in others)
        made = diff_settings(now, after)
        saved = bool(made) and not problems and not to_look_at
        if saved:
            after = await _save(work, after, _entry(services, saving, actor, now, made))
    return SaveResult(settings=after, saved=saved, changes=made, problems=problems, concurrent_saves=meanwhile)


def _entry(
    services: Services,
    saving: SaveRequest,
    actor: AuthorizedUser,
    now: EnvironmentSettings,
    made: tuple[SettingChange, ...],
) -> SavedSettings:
    return SavedSettings(
        environment=saving.environment,
        version=now.version + 1,
        at=services.clock.now(),
        person_id=actor.object_id,
        person_name=actor.user.name,
        chat_id=saving.chat.id,
        changes=made,
    )


async def _save(work: UnitOfWork, wanted: EnvironmentSettings, saved: SavedSettings) -> EnvironmentSettings:
    after = replace(wanted, version=saved.version)
    if any(change.setting == "sync_on" for change in saved.changes):
        after = replace(after, sync_changed_at=saved.at)
    await _end_pause(work, after, saved)
    if after.organization.chats_on and any(change.setting == "chats_on" for change in saved.changes):
        # What changed while they were off is not made up for (spec S1): nobody can miss what nobody knows.
        await work.reported_values.forget_all(saved.environment)
    await work.settings.save(after, saved)
    # What Dataverse tells of follows from the settings.
    await _ask(work, JobKind.FOLLOW_SETTINGS, saved)
    if any(change.setting in SYNC_SETTINGS for change in saved.changes):
        await _ask(work, JobKind.SYNC_ALL, saved)
    return after


async def _end_pause(work: UnitOfWork, after: EnvironmentSettings, saved: SavedSettings) -> None:
    """Where sync goes on, the time for which it was off made no chat idle (spec S2, Y3)."""
    before = revert_changes(after, saved.changes)
    if is_sync_on(before) or not is_sync_on(after):
        return
    pause = _pause(before, await work.settings.history_since(saved.environment, 0), saved.at)
    if pause:
        await work.chat_sync.exclude_pause(saved.environment, pause)


async def _ask(work: UnitOfWork, kind: JobKind, saved: SavedSettings) -> None:
    await work.inbox.enqueue(EnvironmentJob(kind=kind, environment=saved.environment), at=saved.at, due_at=saved.at)


def _pause(now: EnvironmentSettings, saved: Sequence[SavedSettings], end: datetime) -> Pause | None:
    """For how long sync has not been effective, by what was saved until now; None where it never was."""
    for each in reversed(saved):
        now = revert_changes(now, each.changes)
        if is_sync_on(now):
            days = now.organization.sync_idle_days
            return Pause(start=each.at, end=end, active_since=each.at - timedelta(days=days) if days else None)
    return None
