"""What all tests share: a clean environment, a held clock, and both databases."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.fakes.clock import HeldClock
from tests.fakes.postgres import PostgresCluster
from tests.turns import turn

MUST_RUN = os.environ.get("CHATSYNC_TESTS") == "all"
"""Whether a test fails, instead of being skipped, where the machine lacks PostgreSQL, Node.js or Chromium."""


def missing(what: str) -> None:
    """Skips the test that needs it, or fails it where everything must run."""
    if MUST_RUN:
        pytest.fail(f"{what} is missing, and CHATSYNC_TESTS=all asks for every test")
    pytest.skip(f"{what} is missing")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tests of whole processes measure time: they run beside no other."""
    with turn(alone="process" in item.path.parts):
        return (yield)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and no file `.env`, reaches a test."""
    for name in list(os.environ):
        settings = name.startswith(("CHATSYNC_", "MicrosoftApp")) or name in {"HOST", "PORT"}
        if settings and not name.startswith("CHATSYNC_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


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


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    name = cluster.next_name()
    admin = create_async_engine(cluster.address("postgres"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    yield cluster.address(name)
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()
