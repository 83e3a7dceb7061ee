"""What the doctor looks at: everything that readiness asks, and what else has to be set up.

It belongs to the composition root: `bot.wiring.command_line` alone uses it.
"""

from collections.abc import Sequence
from functools import partial

from bot.dataverse import chat_table
from bot.dataverse.notes_and_tasks import NOTE_AND_TASK_PRIVILEGES
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported
from bot.domain.rights import DISCONNECT_PRIVILEGE
from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import ALL_CHATS_TARGETS
from bot.domain.values import EnvironmentId
from bot.features.operations.check_health import Check, CheckHealth
from bot.store.migrate import require_up_to_date
from bot.wiring.services import Foundation

ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
"""What a user needs who asks as somebody else ("Impersonate another user", Dataverse developer guide)."""
_SHORTEST_KEY = 16
_NAMED_AT_MOST = 5
_PATIENCE_S = 30.0
"""An operator waits; a large organisation takes its time to describe its tables."""


def needs(base: Foundation, *, settings_read: bool) -> CheckHealth:
    """Without each of these Chat Sync does not work. `settings_read`: what administrators set is known."""
    own_sandbox = base.settings.uses_own_sandbox
    checks = {name: check for name, check in base.checks.items() if not (own_sandbox and name.startswith("dataverse"))}
    checks["tables of the database"] = partial(require_up_to_date, base.engines.writing)
    if not own_sandbox:
        for each in base.links.environments:
            checks[f"acting for people in {each.id}"] = partial(_acts_for_people, base, each.id)
            if settings_read:
                checks[f"records in {each.id}"] = partial(_reaches_records, base, each.id)
    return CheckHealth(checks, base.clock, deadline_s=_PATIENCE_S)


def hints(base: Foundation, *, settings_read: bool) -> CheckHealth:
    """Without these it works, but perhaps not as somebody expects. `settings_read`: as with `needs`."""
    if base.settings.uses_own_sandbox:
        return CheckHealth({"dataverse": _sandbox_takes_its_place}, base.clock)
    checks: dict[str, Check] = {"webhook key": partial(_key_is_long, base)}
    for each in base.links.environments:
        if settings_read:
            checks[f"chats in {each.id}"] = partial(_chats_are_on, base, each.id)
            checks[f"changes told by {each.id}"] = partial(_changes_are_told, base, each.id)
            checks[f"secured columns in {each.id}"] = partial(_reads_secured, base, each.id)
            checks[f"timelines in {each.id}"] = partial(_shows_chats, base, each.id)
        checks[f"saving messages in {each.id}"] = partial(_saves_messages, base, each.id)
        checks[f"disconnecting in {each.id}"] = partial(_roles_disconnect, base, each.id)
    if settings_read:
        checks["chats told by Microsoft 365"] = partial(_chats_are_told, base)
    return CheckHealth(checks, base.clock, deadline_s=_PATIENCE_S)


async def _acts_for_people(base: Foundation, environment: EnvironmentId) -> None:
    user = await base.records.own_user(environment)
    if not await base.records.holds_privilege(environment, user, ACT_FOR_OTHERS):
        raise NotAllowed(
            "The application user may not act on behalf of people.",
            f"Give it a security role with the privilege {ACT_FOR_OTHERS}.",
        )


async def _reaches_records(base: Foundation, environment: EnvironmentId) -> None:
    lacking = (await base.application_user.missing(environment, await _enabled(base, environment))).privileges
    if lacking:
        raise NotAllowed(
            f"The application user may not read and write every row: {', '.join(lacking)}.",
            "Give it a security role that holds these privileges for the whole organisation; "
            "people see and change no more than their own roles allow.",
        )


async def _reads_secured(base: Foundation, environment: EnvironmentId) -> None:
    hidden = (await base.application_user.missing(environment, await _enabled(base, environment))).columns
    if hidden:
        more = f" and {len(hidden) - _NAMED_AT_MOST} more" if len(hidden) > _NAMED_AT_MOST else ""
        raise NotAllowed(
            f"The application user may not read {', '.join(hidden[:_NAMED_AT_MOST])}{more}: nobody sees them here.",
            "Add it to a column security profile that reads them.",
        )


async def _shows_chats(base: Foundation, environment: EnvironmentId) -> None:
    organisation = (await base.administration.settings(environment)).organization
    if not organisation.sync_on:
        raise NotSupported("Chat sync is turned off there.", "A Global Administrator turns it on in the settings.")
    missing = await chat_table.missing_definitions(base.dataverse[environment])
    if missing:
        raise NotFound(
            f"Table chat there is not as chats are shown by it: {', '.join(missing)} not found.",
            "Bring the solution of Teams chats (msft_ActivitiesInfra_Extensions) up to date in Dynamics 365.",
        )
    enabled = await _enabled(base, environment)
    lacking = await base.application_user.missing_for_sync(environment, enabled, mirror=organisation.mirror_chats)
    if lacking:
        raise NotAllowed(
            f"The application user may not show chats on every timeline: {', '.join(lacking)}.",
            "Give it a security role that holds these privileges for the whole organisation.",
        )


async def _chats_are_on(base: Foundation, environment: EnvironmentId) -> None:
    if not await base.administration.chats_on(environment):
        raise NotSupported("Chats are turned off there.", "An administrator turns them on in the settings.")


async def _changes_are_told(base: Foundation, environment: EnvironmentId) -> None:
    found = await base.register_events.look(environment)
    if found.registration is None or not found.plan.is_empty:
        what = "No webhook is registered there" if found.registration is None else "Steps of the webhook are not as set"
        raise NotSupported(f"{what}.", "Run: python app.py dataverse connect")


async def _chats_are_told(base: Foundation) -> None:
    """Raises what the last attempt to be told of new names of chats, and of who is in them, came to."""
    settings = [await base.administration.settings(each.id) for each in base.links.environments]
    if not any(map(is_sync_on, settings)):
        return
    if base.feed is None:
        raise NotSupported(
            "Microsoft 365 does not tell of new names of chats: they are looked at every few hours.",
            "Set CHATSYNC_GRAPH_CLIENT_STATE and CHATSYNC_PUBLIC_URL.",
        )
    async with base.store.reading() as work:
        kept = await work.subscriptions.get_many(ALL_CHATS_TARGETS)
    for watch in ALL_CHATS_TARGETS:
        found = find_problem(kept, [watch])
        if found:
            raise NotSupported(found.description, found.next_step)


async def _enabled(base: Foundation, environment: EnvironmentId) -> Sequence[str]:
    """The tables that chats can be connected to."""
    types = await base.administration.record_types(environment)
    return [name for name, each in types.items() if each.enabled]


async def _saves_messages(base: Foundation, environment: EnvironmentId) -> None:
    user = await base.records.own_user(environment)
    lacking = [
        each for each in NOTE_AND_TASK_PRIVILEGES if not await base.records.holds_privilege(environment, user, each)
    ]
    if lacking:
        raise NotAllowed(
            f"The application user may not write notes and tasks: {', '.join(lacking)}.",
            "Give it a security role that holds these privileges for the whole organisation.",
        )


async def _roles_disconnect(base: Foundation, environment: EnvironmentId) -> None:
    if not await base.records.knows_privilege(environment, DISCONNECT_PRIVILEGE):
        raise NotFound(
            f"There is no privilege {DISCONNECT_PRIVILEGE}, so nobody can disconnect chats by a security role.",
            "Let owners of records or connectors disconnect, in the settings of the record types.",
        )


async def _key_is_long(base: Foundation) -> None:
    key = base.settings.webhook_key
    if key is None or len(key.get_secret_value()) < _SHORTEST_KEY:
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY is short enough to be guessed.",
            "Choose a long random text and give the same to Dataverse's webhook.",
        )


async def _sandbox_takes_its_place() -> None:
    raise NotSupported(
        "None is set: a sandbox takes its place while Chat Sync runs.", "Set CHATSYNC_DATAVERSE_URL for a real one."
    )
