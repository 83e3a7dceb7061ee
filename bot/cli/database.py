"""`python app.py database`: upgrade, check, or back up the database."""

from collections.abc import Callable

from bot.domain.database_schema import Schema, SchemaState
from bot.version import VERSION

Say = Callable[[str], object]

UPGRADE_FIRST, NEWER = 1, 3
"""Exit codes for a database that differs from this version. Errors, such as no answer, have the code 2."""

_NEXT_STEPS = {
    SchemaState.EMPTY: "It has no tables yet. Run: python app.py database upgrade",
    SchemaState.OLDER: "It is older than this version. Run: python app.py database upgrade",
    SchemaState.CURRENT: "It is up to date.",
    SchemaState.NEWER: "It is newer than this version, which still works with it. Start the newer version.",
    SchemaState.TOO_NEW: "It is newer than this version, which cannot work with it. Start the newer version.",
    SchemaState.UNKNOWN: "It is from before the first release. Set CHATSYNC_DATABASE_URL to another database.",
}
_CODES = {SchemaState.CURRENT: 0, SchemaState.NEWER: NEWER, SchemaState.TOO_NEW: NEWER, SchemaState.UNKNOWN: 2}


def report_schema(schema: Schema, say: Say) -> int:
    """Print how the database differs from this version, and what to do; return the exit code."""
    say(f"Chat Sync {VERSION} needs revision {schema.newest}. The database has {_named(schema.found)}.\n")
    say(f"{_NEXT_STEPS[schema.state]}\n")
    return _CODES.get(schema.state, UPGRADE_FIRST)


def report_upgrade(before: Schema, say: Say) -> int:
    """Print what the upgrade did; return the exit code."""
    if before.is_usable:
        return report_schema(before, say)
    say(f"The database was upgraded from {_named(before.found)} to revision {before.newest}.\n")
    return 0


def _named(revision: str | None) -> str:
    return f"revision {revision}" if revision else "no tables"
