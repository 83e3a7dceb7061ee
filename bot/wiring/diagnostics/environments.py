"""Checks of an environment: the application user, its privileges, the webhook, and the pane."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dataverse import chat_table
from bot.dataverse.notes_and_tasks import NOTE_AND_TASK_PRIVILEGES
from bot.dataverse.privileges import missing_privileges
from bot.dataverse.webhook_steps import REQUIRED_PRIVILEGES
from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.rights import DISCONNECT_PRIVILEGE
from bot.domain.tables import Table
from bot.domain.values import Environment, EnvironmentId
from bot.features.key_fields.webhook_registration import inspect_webhook
from bot.features.pane_installation.install_pane import inspect_pane
from bot.wiring.pane_files import required_pane
from bot.wiring.services import Runtime

ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
"""Required for calls on behalf of other users ("Impersonate another user", Dataverse developer guide)."""
_CONNECT = "Run: python app.py dataverse connect."
_INSTALL_PANE = "Run: python app.py dataverse pane install."
_ASSIGN = "Assign it a security role that has these privileges for the whole organization."
_NO_MORE_RIGHTS = "Users still see and change only what their own roles allow."
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Privileges:
    """Privileges of the application user that one part of the product needs."""

    part: str
    """The name of the check."""
    names: Sequence[str]
    consequence: str
    """The sentence about what happens without them."""


PARTS = (
    Privileges(
        part="channels",
        names=("prvReadmsdyn_TeamsCollaboration",),
        consequence="Lists lack the channels that Dynamics 365 connected to a record itself.",
    ),
    Privileges(
        part="people",
        names=("prvReadUser", "prvReadTeam", "prvReadRole"),
        consequence="Chat Sync cannot identify people and the owners of records.",
    ),
    Privileges(
        part="views", names=("prvReadQuery",), consequence="Chat Sync cannot read the columns of views for notes."
    ),
    Privileges(part="apps", names=("prvReadAppModule",), consequence="The settings cannot list the model-driven apps."),
    Privileges(
        part="languages",
        names=("prvReadUserSettings", "prvReadOrganization"),
        consequence="People do not get the languages that they chose in Dynamics 365.",
    ),
    Privileges(
        part="webhook privileges", names=REQUIRED_PRIVILEGES, consequence="The webhook cannot be registered or updated."
    ),
)
"""The rows of the table of privileges in the documentation that no other check covers, in its order."""


async def check_impersonation(runtime: Runtime, environment: Environment) -> None:
    """Check that the application user may act for people."""
    user = await runtime.services.records.own_user(environment.id)
    if not await runtime.services.records.holds_privilege(environment.id, user, ACT_FOR_OTHERS):
        raise NotAllowed(
            "The application user cannot act on behalf of other users.",
            f"Assign it a security role with the privilege {ACT_FOR_OTHERS}.",
        )


async def check_record_privileges(runtime: Runtime, environment: Environment) -> None:
    """Check that it may read and write all rows of the tables that chats can be connected to."""
    enabled = await _enabled_tables(runtime, environment.id)
    missing = (await runtime.application_user.missing(environment.id, enabled)).privileges
    _require(missing, "Chat Sync cannot serve records of these tables.", f"{_ASSIGN} {_NO_MORE_RIGHTS}")


async def check_secured_columns(runtime: Runtime, environment: Environment) -> None:
    """Check that it may read all secured columns of these tables."""
    enabled = await _enabled_tables(runtime, environment.id)
    hidden = (await runtime.application_user.missing(environment.id, enabled)).columns
    if hidden:
        raise NotAllowed(
            "The application user cannot read {columns}, so no card shows them.",
            "Add it to a column security profile with read permission.",
            columns=_at_most(hidden),
        )


async def check_chat_table(runtime: Runtime, environment: Environment) -> None:
    """Check that chat sync is on, and that table `chat` and the privileges for it are complete."""
    organization = (await runtime.services.administration.settings(environment.id)).organization
    if not organization.sync_on:
        raise NotSupported(
            "Chat sync is turned off in this environment.", "A Global Administrator can turn it on in the settings."
        )
    missing = await chat_table.missing_definitions(runtime.dataverse[environment.id])
    if missing:
        raise NotFound(
            "Table chat lacks required columns or relationships: {names}.",
            "Update the solution of Teams chats (msft_ActivitiesInfra_Extensions) in Dynamics 365.",
            names=", ".join(missing),
        )
    enabled = await _enabled_tables(runtime, environment.id)
    missing = await runtime.application_user.missing_for_sync(environment.id, enabled, mirror=organization.mirror_chats)
    _require(missing, "Chat Sync cannot show chats on timelines.")


async def check_chats_enabled(runtime: Runtime, environment: Environment) -> None:
    """Check that chats are on."""
    if not await runtime.services.administration.chats_on(environment.id):
        raise NotSupported(
            "Chats are turned off in this environment.", "An administrator can turn them on in the settings."
        )


async def check_webhook(runtime: Runtime, environment: Environment) -> None:
    """Check that the webhook is registered as the settings require."""
    webhook = await inspect_webhook(runtime.services, environment.id)
    if webhook.registration is None:
        raise NotSupported("No webhook is registered.", _CONNECT)
    if not webhook.plan.is_empty:
        raise NotSupported("The webhook differs from the settings.", _CONNECT)


async def _enabled_tables(runtime: Runtime, environment: EnvironmentId) -> Sequence[str]:
    """Return the tables that chats can be connected to."""
    types = await runtime.services.administration.record_types(environment)
    return [name for name, each in types.items() if each.enabled]


async def check_note_privileges(runtime: Runtime, environment: Environment) -> None:
    """Check that it may create notes and tasks."""
    records = runtime.services.records
    user = await records.own_user(environment.id)
    # Every environment has these privileges.
    missing = [
        each for each in NOTE_AND_TASK_PRIVILEGES if not await records.holds_privilege(environment.id, user, each)
    ]
    _require(missing, "Chat Sync cannot create notes and tasks.")


async def check_disconnect_privilege(runtime: Runtime, environment: Environment) -> None:
    """Check that the privilege to disconnect chats exists."""
    if not await runtime.services.records.knows_privilege(environment.id, DISCONNECT_PRIVILEGE):
        raise NotFound(
            f"The privilege {DISCONNECT_PRIVILEGE} does not exist, so no security role lets users disconnect chats.",
            "Allow record owners or connectors to disconnect, in the settings of the record types.",
        )


async def check_pane(runtime: Runtime, environment: Environment) -> None:
    """Check that the pane of this version is installed."""
    state = await inspect_pane(runtime.services, environment.id, required_pane(runtime.settings, environment))
    if state.installed.is_empty:
        raise NotSupported("The pane is not installed.", _INSTALL_PANE)
    if not state.plan.is_empty:
        raise NotSupported("The installed pane differs from this version.", _INSTALL_PANE)


async def check_change_tracking(runtime: Runtime, environment: Environment) -> None:
    """Check that the tables that chats can be connected to have change tracking."""
    found = [await _table(runtime, environment.id, name) for name in await _enabled_tables(runtime, environment.id)]
    untracked = sorted(each.name for each in found if each and not each.tracks_changes and not each.is_virtual)
    if untracked:
        raise NotSupported(
            "These tables have no change tracking: {tables}. Chat Sync finds missed changes in them at a higher cost.",
            "Turn on Track changes in the properties of the tables, if it is offered.",
            tables=_at_most(untracked),
        )


async def check_privileges(runtime: Runtime, environment: Environment, privileges: Privileges) -> None:
    """Check that the application user has these privileges, except those that the environment does not know."""
    missing = await missing_privileges(runtime.services.records, environment.id, privileges.names)
    _require(missing, privileges.consequence)


def _require(missing: Sequence[str], consequence: str, next_step: str = _ASSIGN) -> None:
    """Raise `NotAllowed` if privileges are missing."""
    if missing:
        raise NotAllowed(
            "{consequence} The application user lacks these privileges: {privileges}.",
            next_step,
            consequence=consequence,
            privileges=", ".join(missing),
        )


async def _table(runtime: Runtime, environment: EnvironmentId, name: str) -> Table | None:
    try:
        return await runtime.services.records.table(environment, name)
    except NotFound:
        return None  # The organization has not installed this table.


def _at_most(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more
