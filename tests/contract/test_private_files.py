"""Other accounts of the machine cannot read the files of the process."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.sandbox.storage.journal import Journal
from bot.sandbox.storage.rows import Changes
from bot.sandbox.values import Row
from bot.store.engine import create_engines

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the permissions of the folder apply")

ALL_READ = 0o644


@pytest.fixture(autouse=True)
def everybody_may_read_new_files() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of each file in the folder."""
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def write(file: Path) -> dict[str, int]:
    """Write into the database; return the permissions of its files while it is open."""
    engines = create_engines(f"sqlite+aiosqlite:///{file}")
    async with engines.writing.begin() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS x (y)"))
        await connection.execute(text("INSERT INTO x VALUES (1)"))
    try:
        return modes(file.parent)
    finally:
        await engines.close()


def make_readable(*files: Path) -> None:
    """Create empty files that everybody can read."""
    for file in files:
        file.touch()
        file.chmod(ALL_READ)


async def test_a_new_database_and_its_files_are_for_the_owner_only(tmp_path: Path) -> None:
    assert await write(tmp_path / "new.db") == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


async def test_a_database_that_others_can_read_becomes_private_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    make_readable(file, Path(f"{file}-wal"), Path(f"{file}-shm"))
    assert set((await write(file)).values()) == {0o600}


async def test_a_database_of_another_account_is_used_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_the_owner(_file: Path, _mode: int) -> None:
        raise PermissionError

    file = tmp_path / "theirs.db"
    file.touch()
    file.chmod(0o666)
    monkeypatch.setattr(Path, "chmod", not_the_owner)
    assert (await write(file))["theirs.db"] == 0o666
    assert "store.file_not_private" in capsys.readouterr().out


async def test_an_existing_database_is_not_opened_to_make_it_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To close a file ends all locks of the process on it, also those of its other connections.
    file = tmp_path / "open.db"
    await write(file)
    flags: list[int] = []

    def exists(_path: str, given: int, _mode: int) -> int:
        flags.append(given)
        raise FileExistsError

    monkeypatch.setattr(os, "open", exists)
    await create_engines(f"sqlite+aiosqlite:///{file}").close()
    assert [given & (os.O_CREAT | os.O_EXCL) for given in flags] == [os.O_CREAT | os.O_EXCL]


def test_the_sandboxs_files_are_for_the_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, lock, fresh = (tmp_path / f"sandbox.jsonl{suffix}" for suffix in ("", ".lock", ".new"))
    make_readable(file, lock)
    journal = Journal(file)
    journal.open()
    journal.append(Changes(put=[Row(table="account", id="1", version=1, values={})], version=1))
    journal.close()
    assert modes(tmp_path) == {"sandbox.jsonl": 0o600, "sandbox.jsonl.lock": 0o600}
    # A crash can leave the compacted file. The next one must not take over its permissions.
    make_readable(fresh)
    monkeypatch.setattr("bot.sandbox.storage.journal.COMPACTION_THRESHOLD", 0)
    journal.open()
    journal.close()
    assert modes(tmp_path) == {"sandbox.jsonl": 0o600, "sandbox.jsonl.lock": 0o600}
