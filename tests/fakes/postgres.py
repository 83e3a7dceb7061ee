"""A PostgreSQL cluster of the tests' own, on a free port of this machine."""

import getpass
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.tcp_ports import free_port


class PostgresCluster:
    """A cluster that exists from `__enter__` to `__exit__`. For speed, nothing in it survives a power failure."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="chatsync-postgres-"))
        self._names = (f"test_{number}" for number in itertools.count())
        # PostgreSQL does not start as root.
        self._as = ["runuser", "-u", "postgres", "--"] if getpass.getuser() == "root" else []
        self.port = free_port()

    @classmethod
    def found(cls) -> Self | None:
        """Return a cluster if PostgreSQL's programs are installed."""
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        on_path = shutil.which("initdb")
        folders = [*reversed(debian), *([Path(on_path).parent] if on_path else [])]
        return cls(folders[0]) if folders else None

    def __enter__(self) -> Self:
        if self._as:
            shutil.chown(self._folder, "postgres")
        where = str(self._folder / "data")
        self._run("initdb", "-D", where, "-U", "chatsync", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start the cluster, and wait until it answers."""
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        data, log = str(self._folder / "data"), str(self._folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-o", options, "-l", log, "start")

    def stop(self) -> None:
        """Stop at once, as after a crash: clients are disconnected, and committed data is recovered later."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    async def new_database(self, *, like: str | None = None) -> str:
        """Create an empty database, or a copy of another one without connections; return its URL."""
        name = next(self._names)
        await self.create(name, like=like)
        return self.address(name)

    async def create(self, name: str, *, like: str | None = None) -> None:
        """Create the database with this name."""
        copied = f" TEMPLATE {like} STRATEGY FILE_COPY" if like else ""
        await self._order(f"CREATE DATABASE {name}{copied}")

    async def drop(self, address: str) -> None:
        """Drop the database, even if clients are connected to it."""
        await self._order(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    async def create_role(self, name: str, password: str) -> None:
        """Create a role with the rights of the cluster's own one, which needs its password to connect."""
        await self._order(f"CREATE ROLE {name} LOGIN PASSWORD '{password}' IN ROLE chatsync")
        rules = self._folder / "data" / "pg_hba.conf"
        # The first rule that fits decides.
        rules.write_text(f"host all {name} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        await self._order("SELECT pg_reload_conf()")

    async def set_password(self, role: str, password: str) -> None:
        """Replace the password of the role."""
        await self._order(f"ALTER ROLE {role} PASSWORD '{password}'")

    async def drop_role(self, name: str) -> None:
        """Drop the role."""
        await self._order(f"DROP ROLE {name}")

    async def _order(self, statement: str) -> None:
        admin = create_async_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        async with admin.connect() as connection:
            await connection.execute(text(statement))
        await admin.dispose()

    def address(self, database: str) -> str:
        """Return the URL of a database of the cluster."""
        return f"postgresql+asyncpg://chatsync@127.0.0.1:{self.port}/{database}"
