"""Backups as `docs/operators.md` describes them."""

import asyncio
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from bot.cli.arguments import parser
from bot.wiring.command_line import run_command
from tests.tiers import missing
from tests.wire.world import World


async def command(world: World, *words: str) -> tuple[int, list[str]]:
    """Run a command of the terminal beside the bot; return its exit code and lines."""
    lines: list[str] = []
    code = await run_command(world.settings, parser().parse_args(words), lines.append)
    return code, [line.rstrip("\n") for line in lines]


async def back_up(world: World, file: Path) -> None:
    """Back up the database while the bot runs."""
    if is_sqlite(world):
        assert await command(world, "database", "backup", str(file)) == (0, [f"The database was copied to {file}."])
    else:
        await program("pg_dump", "--format=custom", f"--file={file}", server(world))


async def restore(world: World, file: Path) -> None:
    """Put the backup in place of the database. The bot is not running."""
    await world.engines.close()
    world.reader.close()
    if is_sqlite(world):
        _replace(str(make_url(world.settings.database_url).database), file)
    else:
        options = ("--clean", "--if-exists", "--single-transaction")
        await program("pg_restore", *options, f"--dbname={server(world)}", str(file))


def _replace(database: str, file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(file, database)


def is_sqlite(world: World) -> bool:
    return world.settings.database_url.startswith("sqlite")


def server(world: World) -> str:
    return world.settings.database_url.replace("+asyncpg", "")


async def program(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL."""
    try:
        await asyncio.to_thread(subprocess.run, [name, *arguments], check=True)
    except FileNotFoundError:
        missing(name)
