"""The list of checks: each names the section of the documentation that it belongs to."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from bot.domain.errors import NotSupported
from bot.domain.values import Environment
from bot.features.operations.check_health import Check
from bot.features.operations.setup_checks import SetupCheck
from bot.store.migrate import require_up_to_date
from bot.wiring.diagnostics import addresses, environments, microsoft_365, secrets
from bot.wiring.services import DATABASE, SIGN_IN_TO_TEAMS, Runtime

REGISTRATION = "set-up.md#1-register-the-app"
APPLICATION_USER = "set-up.md#2-create-the-application-user"
CONFIGURATION = "set-up.md#3-configure-chat-sync"
START = "set-up.md#4-start-chat-sync"
WEBHOOK = "set-up.md#5-register-the-webhook"
PACKAGE = "set-up.md#6-upload-the-app-to-teams"
CHATS = "set-up.md#7-turn-on-chats"
ORGANIZATION = "administrators.md#organization-settings"
CHAT_SYNC = "administrators.md#chat-sync"
PERMISSIONS = "administrators.md#microsoft-graph-permissions"
SIGN_IN = "pane.md#1-register-the-sign-in"
COMMANDS = "pane.md#2-install-the-commands"

TIMEOUT_S = 30.0
"""An operator can wait, and a large organization needs time to describe its tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A check of the whole setup, or of each environment."""

    name: str
    section: str
    check: Callable[[Runtime], Awaitable[object]] | None = None
    in_environment: Callable[[Runtime, Environment], Awaitable[object]] | None = None
    required: bool = False
    with_app: bool = False
    """True if it makes sense only with `MicrosoftAppId`."""
    with_settings: bool = False
    """True if it needs the administrators' settings."""
    with_sandbox: bool = False
    """True if it also makes sense while the sandbox replaces Dataverse."""


def _known(name: str) -> Callable[[Runtime], Awaitable[object]]:
    """Return a readiness check."""
    return lambda runtime: runtime.checks[name]()


def _tables(runtime: Runtime) -> Awaitable[object]:
    return require_up_to_date(runtime.engines.writing)


def _responds(runtime: Runtime, environment: Environment) -> Awaitable[object]:
    return runtime.services.records.require_answer(environment.id)


def _privileges(of: environments.Privileges) -> _Row:
    check = partial(environments.check_privileges, privileges=of)
    return _Row(name=of.part, section=APPLICATION_USER, in_environment=check)


_ROWS = (
    _Row(name=SIGN_IN_TO_TEAMS, section=REGISTRATION, check=_known(SIGN_IN_TO_TEAMS), required=True, with_app=True),
    _Row(name="certificates", section=REGISTRATION, check=secrets.check_certificates),
    _Row(name="dataverse", section=APPLICATION_USER, in_environment=_responds, required=True),
    _Row(
        name="impersonation",
        section=APPLICATION_USER,
        in_environment=environments.check_impersonation,
        required=True,
    ),
    _Row(
        name="records",
        section=APPLICATION_USER,
        in_environment=environments.check_record_privileges,
        required=True,
        with_settings=True,
    ),
    _Row(name="saving messages", section=APPLICATION_USER, in_environment=environments.check_note_privileges),
    _Row(
        name="timelines",
        section=APPLICATION_USER,
        in_environment=environments.check_chat_table,
        with_settings=True,
    ),
    *map(_privileges, environments.PARTS),
    _Row(
        name="secured columns",
        section=APPLICATION_USER,
        in_environment=environments.check_secured_columns,
        with_settings=True,
    ),
    _Row(
        name="change tracking",
        section=APPLICATION_USER,
        in_environment=environments.check_change_tracking,
        with_settings=True,
    ),
    _Row(name="webhook key", section=CONFIGURATION, check=secrets.check_webhook_key),
    _Row(name="client state", section=CONFIGURATION, check=secrets.check_client_state),
    _Row(name="private files", section=CONFIGURATION, check=secrets.check_private_files, with_sandbox=True),
    _Row(name="database connection", section=CONFIGURATION, check=secrets.check_database_connection, with_sandbox=True),
    _Row(name="clock", section=CONFIGURATION, check=addresses.check_clock),
    _Row(name="public address", section=CONFIGURATION, check=addresses.check_public_address),
    _Row(name="pages for operators", section=CONFIGURATION, check=addresses.check_exposed_pages, with_app=True),
    _Row(name=DATABASE, section=START, check=_known(DATABASE), required=True, with_sandbox=True),
    _Row(name="database tables", section=START, check=_tables, required=True, with_sandbox=True),
    _Row(name="webhook", section=WEBHOOK, in_environment=environments.check_webhook, with_settings=True),
    _Row(name="app catalog", section=PACKAGE, check=microsoft_365.check_catalog),
    _Row(name="chats", section=CHATS, in_environment=environments.check_chats_enabled, with_settings=True),
    _Row(name="disconnect privilege", section=ORGANIZATION, in_environment=environments.check_disconnect_privilege),
    _Row(
        name="notifications from Microsoft 365",
        section=CHAT_SYNC,
        check=microsoft_365.check_subscriptions,
        with_settings=True,
    ),
    _Row(
        name="permissions of Microsoft Graph",
        section=PERMISSIONS,
        check=microsoft_365.check_permissions,
        with_app=True,
    ),
    _Row(name="people in the pane", section=PERMISSIONS, check=microsoft_365.check_pane_people, with_app=True),
    _Row(name="sign-in to the pane", section=SIGN_IN, check=microsoft_365.check_pane_sign_in, with_app=True),
    _Row(name="pane", section=COMMANDS, in_environment=environments.check_pane, with_app=True),
)
"""All checks in the order of the documentation."""


def setup_checks(runtime: Runtime, *, settings_read: bool) -> Sequence[SetupCheck]:
    """Return the checks that fit the settings. `settings_read`: the administrators' settings are available."""
    own_sandbox, has_app = runtime.settings.uses_own_sandbox, runtime.settings.app_id is not None
    rows = [
        row
        for row in _ROWS
        if (settings_read or not row.with_settings)
        and (has_app or not row.with_app)
        and (not own_sandbox or row.with_sandbox)
    ]
    checks = [check for _, group in groupby(rows, _section) for check in _expanded(runtime, list(group))]
    return [*checks, *([_NO_ENVIRONMENT] if own_sandbox else [])]


def _section(row: _Row) -> tuple[str, bool]:
    """Return what rows have in common that are expanded together, so that each environment has its own block."""
    return row.section, row.in_environment is not None


def _expanded(runtime: Runtime, rows: Sequence[_Row]) -> Iterator[SetupCheck]:
    yield from (_check(row, row.name, partial(row.check, runtime)) for row in rows if row.check)
    for environment in runtime.services.links.environments:
        for row in rows:
            if row.in_environment:
                name = f"{row.name} {'' if row.name == 'dataverse' else 'in '}{environment.id}"
                yield _check(row, name, partial(row.in_environment, runtime, environment))


def _check(row: _Row, name: str, check: Check) -> SetupCheck:
    return SetupCheck(name=name, section=row.section, check=check, required=row.required)


async def _no_environment() -> None:
    raise NotSupported(
        "No environment is configured, so Chat Sync runs a sandbox.",
        "Set CHATSYNC_DATAVERSE_URL to use a real environment.",
    )


_NO_ENVIRONMENT = SetupCheck(name="dataverse", section=CONFIGURATION, check=_no_environment)
