"""Fixtures for all tests: a clean environment, a held clock, and a database."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from aiohttp import ClientSession, web_app

from bot.http.session import create_session
from tests.fakes.certificates import Certificates, make_certificates
from tests.fakes.clock import HeldClock
from tests.fakes.databases import MigratedDatabases, memory_folder
from tests.fakes.postgres import PostgresCluster
from tests.fakes.sign_in import FakeSignIn
from tests.tiers import missing

pytest_plugins = [
    f"tests.plugins.{name}" for name in ("selection", "run_folder", "timeouts", "leaks", "ports", "exclusive")
]


def pytest_xdist_auto_num_workers() -> int:
    """Return two for each processor, because tests also wait for processes and databases."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove settings of this machine from the environment, and run in a folder without a file `.env`."""
    for name in list(os.environ):
        settings = name.startswith(("CHATSYNC_", "MicrosoftApp")) or name in {"HOST", "PORT"}
        if settings and not name.startswith("CHATSYNC_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def short_tracebacks() -> None:
    """Print tracebacks without local variables, because structlog takes seconds to print those of a sandbox."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("%H:%M:%S"), plain]
    )


@pytest.fixture(autouse=True)
def apps_are_forgotten() -> Iterator[None]:
    """Clear aiohttp's cache of applications, because collecting their garbage would halt a test for a long time."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    cluster = PostgresCluster.found()
    if cluster is None:
        missing("PostgreSQL (initdb and pg_ctl)")
        return
    with cluster:
        yield cluster


@pytest.fixture
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the URL of a database without tables, of the requested kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    address = await cluster.new_database()
    yield address
    await cluster.drop(address)


@pytest.fixture
def database_folder() -> Iterator[Path]:
    """Return a folder for a database. It is in memory if possible, because a disk delays each transaction."""
    with TemporaryDirectory(dir=memory_folder()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> MigratedDatabases:
    return MigratedDatabases(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
async def database_url(
    request: pytest.FixtureRequest, database_folder: Path, migrated: MigratedDatabases
) -> AsyncIterator[str]:
    """Yield the URL of a database of the requested kind, as after the first start of this version."""
    if request.param == "sqlite":
        yield await migrated.sqlite(database_folder / "test.db")
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    address = await migrated.postgres(cluster)
    yield address
    await migrated.give_back(address)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Return certificates of an authority that only the tests trust."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def sign_in(certificates: Certificates) -> AsyncIterator[FakeSignIn]:
    """Run a token service."""
    async with FakeSignIn(certificates).running() as running:
        yield running


@pytest.fixture
async def session(certificates: Certificates) -> AsyncIterator[ClientSession]:
    """Create a connection pool that trusts the certificates."""
    async with create_session(str(certificates.certificate)) as made:
        yield made
