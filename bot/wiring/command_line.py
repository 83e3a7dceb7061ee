"""Build and run the terminal commands: `python app.py <command>`."""

from argparse import Namespace
from collections.abc import Awaitable, Callable, Sequence
from getpass import getuser

from bot.cli import dataverse, dataverse_pane
from bot.cli.doctor import report_setup
from bot.cli.outbox import list_undelivered, resolve_dead_letters
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.errors import NotSupported, Unavailable
from bot.domain.limits import Limits
from bot.domain.values import EnvironmentId
from bot.features.operations.setup_checks import run_setup_checks
from bot.wiring.database_commands import run_database_command
from bot.wiring.diagnostics import TIMEOUT_S, setup_checks
from bot.wiring.pane_files import required_pane
from bot.wiring.services import Runtime, build_runtime, close, load_settings_if_migrated, migrate_and_load

Say = Callable[[str], object]


async def run_command(settings: Settings, arguments: Namespace, say: Say) -> int:
    """Run the command; return the exit code."""
    runtime = await build_runtime(settings, SystemClock(), Limits())
    try:
        if arguments.command == "doctor":
            return await _doctor(runtime, say)
        if arguments.command == "database":
            return await run_database_command(runtime, arguments, say, _operator())
        await migrate_and_load(runtime)
        work = {"outbox": _outbox, "dataverse": _dataverse}
        return await work[arguments.command](runtime, arguments, say)
    finally:
        await close(runtime)


async def _doctor(runtime: Runtime, say: Say) -> int:
    checks = setup_checks(runtime, settings_read=await load_settings_if_migrated(runtime))
    return report_setup(await run_setup_checks(checks, runtime.services.clock, deadline_s=TIMEOUT_S), say)


async def _outbox(runtime: Runtime, arguments: Namespace, say: Say) -> int:
    if arguments.act is None:
        return await list_undelivered(runtime.services.store, say, pending=arguments.waiting)
    messages = None if arguments.all else arguments.ids
    retry = arguments.act == "retry"
    return await resolve_dead_letters(
        runtime.services.store, runtime.services.clock, say, retry=retry, messages=messages, by=_operator()
    )


def _operator() -> str:
    """Return the name of the account that runs the command."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "unnamed account"  # as in many containers


async def _dataverse(runtime: Runtime, arguments: Namespace, say: Say) -> int:
    if arguments.act == "pane":
        return await _pane(runtime, arguments, say)
    _require_known_address(runtime.settings, arguments.act)
    services, environments = runtime.services, _environments(runtime, arguments.environment)
    if arguments.act == "status":
        return await _while_running(runtime.settings, dataverse.status(services, environments, say))
    work = {"connect": dataverse.connect, "disconnect": dataverse.disconnect}
    return await work[arguments.act](services, environments, say, dry_run=arguments.dry_run, by=_operator())


async def _pane(runtime: Runtime, arguments: Namespace, say: Say) -> int:
    settings, act = runtime.settings, arguments.pane_act
    if settings.uses_own_sandbox and act != "status":
        raise NotSupported(
            "The sandbox installs its pane itself.",
            "Set CHATSYNC_DATAVERSE_URL to install the pane in a real environment.",
        )
    if settings.public_url is None and not settings.uses_own_sandbox:
        raise NotSupported(
            "Browsers need an address to load the pane from.",
            "Set CHATSYNC_PUBLIC_URL to the address at which browsers reach this bot.",
        )
    known = {each.id: each for each in runtime.services.links.environments}
    chosen = _environments(runtime, arguments.environment)
    required = {each: required_pane(settings, known[each]) for each in chosen}
    if act == "status":
        return await _while_running(settings, dataverse_pane.status(runtime.services, required, say))
    work = {"install": dataverse_pane.install, "remove": dataverse_pane.remove}
    return await work[act](runtime.services, required, say, dry_run=arguments.dry_run, by=_operator())


async def _while_running(settings: Settings, report: Awaitable[int]) -> int:
    """Return the exit code of a report. Raise `NotSupported` if the sandbox, which belongs to a process, is missing."""
    try:
        return await report
    except Unavailable as error:
        if not settings.uses_own_sandbox:
            raise
        raise NotSupported("The sandbox is not running.", "Start Chat Sync, and run the command again.") from error


def _require_known_address(settings: Settings, act: str) -> None:
    """Raise `NotSupported` for the built-in sandbox, where only the status can be shown, and without an address."""
    if settings.uses_own_sandbox and act != "status":
        raise NotSupported(
            "The sandbox registers its webhook itself.",
            "Set CHATSYNC_DATAVERSE_URL to register with a real environment.",
        )
    if settings.public_url is None and not settings.uses_own_sandbox:
        raise NotSupported(
            "Dataverse needs a URL to send events to.",
            "Set CHATSYNC_PUBLIC_URL to the address at which Dataverse reaches this bot.",
        )


def _environments(runtime: Runtime, host: str | None) -> Sequence[EnvironmentId]:
    known = [each.id for each in runtime.services.links.environments]
    if host is None:
        return known
    found = [each for each in known if each == host.lower()]
    if not found:
        raise NotSupported("Environment {host} is not configured.", f"Choose one of: {', '.join(known)}", host=host)
    return found
