"""The plans with which PostgreSQL really executed statements, from its module auto_explain."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.engine import Engines

_SETTINGS = (
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_format = json",
    "SET client_min_messages = log",
    # A scan by several processes would count each of them.
    "SET max_parallel_workers_per_gather = 0",
)
_NO_SCANS = ("SET enable_seqscan = off",)
_BROWSED = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")


@dataclass(frozen=True, slots=True)
class Scan:
    """The rows of a table that a part of a plan looked at."""

    kind: str
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A statement as it was executed."""

    area: str
    statement: str
    ms: float
    pages: int
    """Pages of 8 KiB that it read, in memory or on disk."""
    scans: tuple[Scan, ...]

    @property
    def head(self) -> str:
        """Return the beginning of the statement and its condition."""
        shown = re.sub(r"\s+", " ", re.sub(r"SELECT .*? FROM", "SELECT … FROM", self.statement, flags=re.DOTALL))
        return shown[:110]


@dataclass(slots=True)
class Recorder:
    """Collects the plans of all statements of a database, by the area that is named meanwhile."""

    without_scans: bool = False
    """True if PostgreSQL must use an index wherever one can be used, also of a small table."""
    area: str = ""
    found: list[Explained] = field(default_factory=list)

    def attach(self, engines: Engines) -> None:
        """Record from each connection that is opened from now on."""

        @event.listens_for(engines.writing.sync_engine, "connect")
        def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()
            for each in (*_SETTINGS, *(_NO_SCANS if self.without_scans else ())):
                cursor.execute(each)
            cursor.close()
            driver: Any = connection.driver_connection
            driver.add_log_listener(lambda _, message: self._hear(message.message))

    def _hear(self, message: str) -> None:
        head, is_plan, plan = message.partition("plan:\n")
        if is_plan:
            ms = float(re.findall(r"duration: ([\d.]+) ms", head)[0])
            self.found.append(explained(self.area, ms, json.loads(plan)))


def explained(area: str, ms: float, plan: Mapping[str, Any]) -> Explained:
    """Return what a plan in JSON says."""
    root = plan["Plan"]
    pages = root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0)
    return Explained(area, plan["Query Text"], ms, pages, tuple(_scans(root)))


def _scans(node: Mapping[str, Any]) -> Iterator[Scan]:
    if node["Node Type"] in _BROWSED and "Relation Name" in node:
        removed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        yield Scan(
            node["Node Type"], node["Relation Name"], int((node["Actual Rows"] + removed) * node["Actual Loops"])
        )
    for each in node.get("Plans", ()):
        yield from _scans(each)


def full_scans(found: list[Explained], *, at_most: int, except_of: Collection[str] = ()) -> list[str]:
    """Return the statements that read more rows of a table than this without an index."""
    return list(
        dict.fromkeys(
            f"{each.area}: {scan.table}: {each.statement}"
            for each in found
            for scan in each.scans
            if scan.kind == "Seq Scan" and scan.rows > at_most and scan.table not in except_of
        )
    )


def long_reads(found: list[Explained], *, pages: int) -> list[str]:
    """Return the statements that read more pages than this."""
    many = {each.statement: each for each in found if each.pages > pages}
    return [f"{each.area}: {each.pages} pages in {each.ms:.0f} ms: {each.statement}" for each in many.values()]
