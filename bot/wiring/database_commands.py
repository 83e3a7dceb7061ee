"""Build and run `python app.py database …`."""

from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot.cli import forget
from bot.cli.database import Say, report_schema, report_upgrade
from bot.domain.errors import NotSupported, Unavailable
from bot.store.backup import back_up
from bot.store.engine import require_answer
from bot.store.errors import translate_errors
from bot.store.migrate import migrate, read_schema
from bot.wiring.services import Runtime, migrate_and_load
from bot.wiring.system_addresses import is_sandbox

Command = Callable[[Runtime, Namespace, Say, str], Awaitable[int]]


async def run_database_command(runtime: Runtime, arguments: Namespace, say: Say, by: str) -> int:
    """Run the command; return the exit code. `by`: the operator, for the audit log."""
    await require_answer(runtime.engines)
    return await _COMMANDS[arguments.act](runtime, arguments, say, by)


async def _upgrade(runtime: Runtime, _arguments: Namespace, say: Say, _by: str) -> int:
    with translate_errors():
        return report_upgrade(await migrate(runtime.engines.writing), say)


async def _check(runtime: Runtime, _arguments: Namespace, say: Say, _by: str) -> int:
    return report_schema(await read_schema(runtime.engines.reading), say)


async def _backup(runtime: Runtime, arguments: Namespace, say: Say, _by: str) -> int:
    file: Path = arguments.file
    await back_up(runtime.engines, file)
    say(f"The database was copied to {file}.\n")
    return 0


async def _forget(runtime: Runtime, arguments: Namespace, say: Say, by: str) -> int:
    await migrate_and_load(runtime)
    if arguments.person:
        return await _forget_person(runtime, arguments, say, by)
    if arguments.also:
        raise NotSupported("--also names other words for a person.", "Use it together with --person.")
    defaults = {each.id: is_sandbox(each) for each in runtime.services.links.environments}
    chosen = [each.lower() for each in arguments.environment]
    services = runtime.services
    return await forget.tenant(
        services, arguments.tenant, chosen, say, defaults=defaults, dry_run=arguments.dry_run, by=by
    )


async def _forget_person(runtime: Runtime, arguments: Namespace, say: Say, by: str) -> int:
    if arguments.environment:
        raise NotSupported("--environment names environments of a tenant.", "Use it together with --tenant.")
    try:
        return await forget.person(
            runtime.services, arguments.person, arguments.also, say, dry_run=arguments.dry_run, by=by
        )
    except Unavailable as error:
        raise Unavailable(
            "The Dynamics 365 users of the person could not be read, so nothing was erased.",
            "Run the command again when Dynamics 365 responds. The sandbox must be running.",
        ) from error


_COMMANDS: Mapping[str, Command] = {"upgrade": _upgrade, "check": _check, "backup": _backup, "forget": _forget}
