"""Upgrades with separate processes: of two versions on one database, and with the commands of the terminal."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.store.migrate import newest_revision
from tests.fakes.connector import FakeConnector
from tests.process.bot_process import ROOT, BotProcess
from tests.process.chats import CHAT, OTHER_CHAT, connected
from tests.process.load import Crew
from tests.tcp_ports import free_port
from tests.tiers import missing
from tests.wire.world import texts

MAX_CHANGES = 10
PRIORITIES = {1: "High", 2: "Normal", 3: "Low"}


def version_before() -> str:
    """Return the last commit before the newest migration."""
    versions = "bot/store/migrations/versions"
    file = f"{versions}/{newest_revision()}_*.py"
    added = git("log", "--format=%H", "--diff-filter=A", "--", file).split()
    if not added or not git("ls-tree", "--name-only", f"{added[-1]}^", f"{versions}/"):
        missing("The version before the newest migration in the history of the repository")
    return f"{added[-1]}^"


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return the files of the version before the newest migration."""
    archive = subprocess.run(["git", "archive", version_before()], cwd=ROOT, check=True, capture_output=True).stdout
    folder = tmp_path / "before"
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture
async def old(tmp_path: Path, empty_database_url: str, checkout: Path) -> AsyncIterator[BotProcess]:
    """Run the version before on a new database."""
    (tmp_path / "old").mkdir()
    settings = {
        "PORT": str(free_port()),
        "CHATSYNC_DATABASE_URL": empty_database_url,
        "CHATSYNC_COALESCE_S": "0.1",
        "PYTHONPATH": str(checkout),
    }
    async with ClientSession() as session:
        process = BotProcess(tmp_path / "old", settings, session)
        await process.start()
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.databases("postgresql")
async def test_two_versions_share_a_database_and_each_card_comes_once(
    old: BotProcess, connector: FakeConnector, tmp_path: Path
) -> None:
    await connected(old, connector)
    crew = Crew(tmp_path, old.settings["CHATSYNC_DATABASE_URL"], old.session)
    # The sandbox, which sends the events, runs in the process of the version before.
    own = {"CHATSYNC_DATAVERSE_URL": f"{old.url}/sandbox", "CHATSYNC_COALESCE_S": "0.1", "CHATSYNC_LOG_LEVEL": "INFO"}
    new = crew.add("worker", ("-m", "tests.process.launch"), **own)
    try:
        # The start upgrades the database of the process that runs.
        await new.start()
        await told_by_both(old, new, connector)
    finally:
        crew.end()


async def told_by_both(old: BotProcess, new: BotProcess, connector: FakeConnector) -> None:
    """Change a case until each process has posted a card. Each chat gets each change on exactly one card."""
    for before, after in pairwise([2, 1, 3] * MAX_CHANGES):
        await old.save("CAS-01001", {"prioritycode": after})
        for chat in (CHAT, OTHER_CHAT):
            (message,) = await connector.arrived(chat, 1)
            line = f"Priority: {PRIORITIES[before]} → **{PRIORITIES[after]}**"
            assert line in texts(message["attachments"][0]["content"])
        connector.posts.clear()
        if "outbox.message_posted" in old.log and "outbox.messages_sent" in new.log:
            return
    pytest.fail(f"one of the processes posted nothing\n{old.log}\n{new.log}")


def test_a_server_that_does_not_respond_has_the_exit_code_of_errors(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "database", "check"],
        env={"PATH": os.environ["PATH"], "CHATSYNC_DATABASE_URL": f"postgresql+asyncpg://x@127.0.0.1:{free_port()}/x"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The database is not responding. Check CHATSYNC_DATABASE_URL and the server.\n"
