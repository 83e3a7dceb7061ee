"""The checks of `doctor`: all readiness checks, and checks of the setup.

Only `bot.wiring.command_line` uses this module.
"""

from collections.abc import Sequence
from functools import partial

from bot.config.settings import SHORTEST_SECRET
from bot.dataverse import chat_table
from bot.dataverse.notes_and_tasks import NOTE_AND_TASK_PRIVILEGES
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported
from bot.domain.rights import DISCONNECT_PRIVILEGE
from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import ALL_CHATS_TARGETS
from bot.domain.values import Environment, EnvironmentId
from bot.features.key_fields.webhook_registration import inspect_webhook
from bot.features.operations.check_health import Check, CheckHealth
from bot.features.pane_installation.install_pane import inspect_pane
from bot.store.migrate import require_up_to_date
from bot.wiring.pane_files import required_pane
from bot.wiring.pane_sign_in import missing_settings
from bot.wiring.services import Runtime

ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
"""Required for calls on behalf of other users ("Impersonate another user", Dataverse developer guide)."""
_CONNECT = "Run: python app.py dataverse connect"
_REDIRECT = "https://<your host>/pane/sign-in/callback"
_INSTALL_PANE = "Run: python app.py dataverse pane install"
_MAX_NAMES = 5
_TIMEOUT_S = 30.0
"""An operator can wait, and a large organization needs time to describe its tables."""


def required_checks(runtime: Runtime, *, settings_read: bool) -> CheckHealth:
    """Return the checks that must pass. `settings_read`: the administrators' settings are available."""
    own_sandbox = runtime.settings.uses_own_sandbox
    checks = {
        name: check for name, check in runtime.checks.items() if not (own_sandbox and name.startswith("dataverse"))
    }
    checks["database tables"] = partial(require_up_to_date, runtime.engines.writing)
    if not own_sandbox:
        for each in runtime.services.links.environments:
            checks[f"impersonation in {each.id}"] = partial(_check_impersonation, runtime, each.id)
            if settings_read:
                checks[f"records in {each.id}"] = partial(_check_record_privileges, runtime, each.id)
    return CheckHealth(checks, runtime.services.clock, deadline_s=_TIMEOUT_S)


def advisory_checks(runtime: Runtime, *, settings_read: bool) -> CheckHealth:
    """Return the advisory checks, which may explain unexpected behavior. `settings_read`: as for `required_checks`."""
    if runtime.settings.uses_own_sandbox:
        return CheckHealth({"dataverse": _check_no_sandbox}, runtime.services.clock)
    checks: dict[str, Check] = {
        "webhook key": partial(_check_webhook_key, runtime),
        "client state": partial(_check_client_state, runtime),
    }
    if runtime.settings.app_id:
        checks["sign-in to the pane"] = partial(_check_pane_sign_in, runtime)
        checks["people in the pane"] = partial(_check_pane_people, runtime)
    for each in runtime.services.links.environments:
        if settings_read:
            checks[f"chats in {each.id}"] = partial(_check_chats_enabled, runtime, each.id)
            checks[f"webhook in {each.id}"] = partial(_check_webhook, runtime, each.id)
            checks[f"secured columns in {each.id}"] = partial(_check_secured_columns, runtime, each.id)
            checks[f"timelines in {each.id}"] = partial(_check_chat_table, runtime, each.id)
        if runtime.settings.app_id:
            checks[f"pane in {each.id}"] = partial(_check_pane, runtime, each)
        checks[f"saving messages in {each.id}"] = partial(_check_note_privileges, runtime, each.id)
        checks[f"disconnect privilege in {each.id}"] = partial(_check_disconnect_privilege, runtime, each.id)
    if settings_read:
        checks["notifications from Microsoft 365"] = partial(_check_subscriptions, runtime)
    return CheckHealth(checks, runtime.services.clock, deadline_s=_TIMEOUT_S)


async def _check_impersonation(runtime: Runtime, environment: EnvironmentId) -> None:
    user = await runtime.services.records.own_user(environment)
    if not await runtime.services.records.holds_privilege(environment, user, ACT_FOR_OTHERS):
        raise NotAllowed(
            "The application user cannot act on behalf of other users.",
            f"Assign it a security role with the privilege {ACT_FOR_OTHERS}.",
        )


async def _check_record_privileges(runtime: Runtime, environment: EnvironmentId) -> None:
    missing = (
        await runtime.application_user.missing(environment, await _enabled_tables(runtime, environment))
    ).privileges
    if missing:
        raise NotAllowed(
            "The application user lacks organization-wide privileges: {privileges}.",
            "Assign it a security role that has these privileges for the whole organization. "
            "Users still see and change only what their own roles allow.",
            privileges=", ".join(missing),
        )


async def _check_secured_columns(runtime: Runtime, environment: EnvironmentId) -> None:
    hidden = (await runtime.application_user.missing(environment, await _enabled_tables(runtime, environment))).columns
    if hidden:
        more = f" and {len(hidden) - _MAX_NAMES} more" if len(hidden) > _MAX_NAMES else ""
        raise NotAllowed(
            "The application user cannot read {columns}, so no card shows them.",
            "Add it to a column security profile with read permission.",
            columns=", ".join(hidden[:_MAX_NAMES]) + more,
        )


async def _check_chat_table(runtime: Runtime, environment: EnvironmentId) -> None:
    organization = (await runtime.services.administration.settings(environment)).organization
    if not organization.sync_on:
        raise NotSupported(
            "Chat sync is turned off in this environment.", "A Global Administrator can turn it on in the settings."
        )
    missing = await chat_table.missing_definitions(runtime.dataverse[environment])
    if missing:
        raise NotFound(
            "Table chat lacks required columns or relationships: {names}.",
            "Update the solution of Teams chats (msft_ActivitiesInfra_Extensions) in Dynamics 365.",
            names=", ".join(missing),
        )
    enabled = await _enabled_tables(runtime, environment)
    missing = await runtime.application_user.missing_for_sync(environment, enabled, mirror=organization.mirror_chats)
    if missing:
        raise NotAllowed(
            "The application user lacks privileges to show chats on timelines: {privileges}.",
            "Assign it a security role that has these privileges for the whole organization.",
            privileges=", ".join(missing),
        )


async def _check_chats_enabled(runtime: Runtime, environment: EnvironmentId) -> None:
    if not await runtime.services.administration.chats_on(environment):
        raise NotSupported(
            "Chats are turned off in this environment.", "An administrator can turn them on in the settings."
        )


async def _check_webhook(runtime: Runtime, environment: EnvironmentId) -> None:
    webhook = await inspect_webhook(runtime.services, environment)
    if webhook.registration is None:
        raise NotSupported("No webhook is registered.", _CONNECT)
    if not webhook.plan.is_empty:
        raise NotSupported("The webhook differs from the settings.", _CONNECT)


async def _check_subscriptions(runtime: Runtime) -> None:
    """Raise the error of the last attempt to subscribe to changes of chats and members, if there is one."""
    settings = [await runtime.services.administration.settings(each.id) for each in runtime.services.links.environments]
    if not any(map(is_sync_on, settings)):
        return
    if runtime.graph_notifications is None:
        raise NotSupported(
            "Microsoft 365 sends no notifications about renamed chats. Chat Sync checks them every few hours.",
            "Set CHATSYNC_GRAPH_CLIENT_STATE and CHATSYNC_PUBLIC_URL.",
        )
    async with runtime.services.store.reading() as work:
        subscriptions = await work.subscriptions.get_many(ALL_CHATS_TARGETS)
    for target in ALL_CHATS_TARGETS:
        problem = find_problem(subscriptions, [target])
        if problem:
            raise NotSupported(problem.description, problem.next_step)


async def _enabled_tables(runtime: Runtime, environment: EnvironmentId) -> Sequence[str]:
    """Return the tables that chats can be connected to."""
    types = await runtime.services.administration.record_types(environment)
    return [name for name, each in types.items() if each.enabled]


async def _check_note_privileges(runtime: Runtime, environment: EnvironmentId) -> None:
    user = await runtime.services.records.own_user(environment)
    missing = [
        each
        for each in NOTE_AND_TASK_PRIVILEGES
        if not await runtime.services.records.holds_privilege(environment, user, each)
    ]
    if missing:
        raise NotAllowed(
            "The application user cannot create notes and tasks. It lacks these privileges: {privileges}.",
            "Assign it a security role that has these privileges for the whole organization.",
            privileges=", ".join(missing),
        )


async def _check_disconnect_privilege(runtime: Runtime, environment: EnvironmentId) -> None:
    if not await runtime.services.records.knows_privilege(environment, DISCONNECT_PRIVILEGE):
        raise NotFound(
            f"The privilege {DISCONNECT_PRIVILEGE} does not exist, so no security role lets users disconnect chats.",
            "Allow record owners or connectors to disconnect, in the settings of the record types.",
        )


async def _check_webhook_key(runtime: Runtime) -> None:
    keys = runtime.settings.webhook_keys
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY is short enough to guess.",
            f"Choose a long random text. {_CONNECT}",
        )
    if any(runtime.settings.previous_webhook_keys):
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY_PREVIOUS is still accepted.",
            f"{_CONNECT}. When no event with the previous key can arrive anymore, remove the setting.",
        )


async def _check_client_state(runtime: Runtime) -> None:
    state = runtime.settings.graph_client_state
    if state is not None and len(state.get_secret_value()) < SHORTEST_SECRET:
        raise BadRequest("CHATSYNC_GRAPH_CLIENT_STATE is short enough to guess.", "Choose a long random text.")
    if runtime.settings.graph_client_state_previous is not None:
        raise BadRequest(
            "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS is still accepted.", "Remove the setting after a few days."
        )


async def _check_pane_sign_in(runtime: Runtime) -> None:
    missing = missing_settings(runtime.settings)
    if missing:
        raise NotSupported(
            "Nobody can sign in to the pane in Dynamics 365.",
            f"Set {' and '.join(missing)}. In the app registration, enter the redirect address {_REDIRECT}.",
        )


async def _check_pane_people(runtime: Runtime) -> None:
    """Raise the error of Microsoft Graph if it does not let the app read people or their presence."""
    people = await runtime.services.directory.search("", at_most=1)
    await runtime.services.directory.presence([each.id for each in people])


async def _check_pane(runtime: Runtime, environment: Environment) -> None:
    state = await inspect_pane(runtime.services, environment.id, required_pane(runtime.settings, environment))
    if state.installed.is_empty:
        raise NotSupported("The pane is not installed.", _INSTALL_PANE)
    if not state.plan.is_empty:
        raise NotSupported("The installed pane differs from this version.", _INSTALL_PANE)


async def _check_no_sandbox() -> None:
    raise NotSupported(
        "No environment is configured, so Chat Sync runs a sandbox.",
        "Set CHATSYNC_DATAVERSE_URL to use a real environment.",
    )
