"""The command line `python app.py …` while the service is running."""

import asyncio
import os
import sys
from os import getuid
from pwd import getpwuid
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.store.engine import create_engines
from bot.store.tables import audit
from tests.fakes.connector import FakeConnector, error
from tests.patience import PATIENCE_S, until
from tests.plugins.cleaner import VARIABLE
from tests.process.bot_process import ROOT, BotProcess
from tests.process.chats import CHAT, OTHER_CHAT, connected
from tests.wire.world import texts

HIGH = 1


async def written(bot: BotProcess, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code of a command and the lines that it printed."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "app.py"), *arguments),
        cwd=bot.folder,
        env={"PATH": "/usr/bin:/bin", VARIABLE: os.environ[VARIABLE], **bot.settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(command.communicate(), PATIENCE_S)
    assert command.returncode is not None
    return command.returncode, output.decode().splitlines()


async def refused(bot: BotProcess, connector: FakeConnector) -> None:
    """Dead-letter a card for each of the two chats, because Teams rejects it."""
    tried: list[str] = []

    def too_big(conversation: str, _activity: dict[str, Any]) -> web.Response:
        tried.append(conversation)
        return error(413, "MessageSizeTooBig")

    connector.fault = too_big
    await bot.save("CAS-01001", {"prioritycode": HIGH})
    await eventually(bot, "outbox", lines=2, telling="status 413")
    assert sorted(tried) == [CHAT, OTHER_CHAT]
    connector.fault = lambda *_: None


async def acts_on_messages(bot: BotProcess) -> list[tuple[object, ...]]:
    """Return the audited actions on messages, and who did them."""
    engines = create_engines(bot.settings["CHATSYNC_DATABASE_URL"])
    asked = select(audit.c.act, audit.c.chat_id, audit.c.details, audit.c.person_name)
    async with engines.reading.begin() as connection:
        rows = (await connection.execute(asked.where(audit.c.act.like("% message")).order_by(audit.c.id))).all()
    await engines.close()
    return [tuple(row) for row in rows]


async def eventually(bot: BotProcess, *arguments: str, lines: int, telling: str) -> None:
    """Wait until the command prints this many lines, each with the text."""
    found: list[str] = []

    async def written_so() -> bool:
        found[:] = (await written(bot, *arguments))[1]
        return len(found) == lines and all(telling in line for line in found)

    try:
        await until(written_so)
    except TimeoutError:
        pytest.fail(f"it wrote {found}\n{bot.log}")


@pytest.mark.databases("sqlite")  # each command is a process, which takes seconds
async def test_parked_messages_are_listed_without_what_they_say_and_sent_again_or_dropped(
    bot: BotProcess, connector: FakeConnector
) -> None:
    assert await written(bot, "outbox") == (0, ["No messages are dead-lettered."])
    await connected(bot, connector)
    await refused(bot, connector)
    code, lines = await written(bot, "outbox")
    numbers, chats = zip(*((line.split("\t")[0], line.split("\t")[-1]) for line in lines), strict=True)
    assert (code, set(chats)) == (0, {CHAT, OTHER_CHAT})
    assert len([line for line in lines if "status 413 MessageSizeTooBig" in line]) == 2
    assert not [line for line in lines for word in ("CAS-01001", "Pump", "Priority", "High") if word in line]
    # One is sent again, and the other is dropped.
    assert await written(bot, "outbox", "retry", numbers[0]) == (0, ["1 queued to be sent again."])
    (card,) = (await connector.arrived(chats[0], 1))[0]["attachments"]
    assert "Priority: Normal → **High**" in texts(card["content"])
    assert await written(bot, "outbox", "drop", "--all") == (0, ["1 dropped."])
    assert await written(bot, "outbox") == (0, ["No messages are dead-lettered."])
    assert chats[1] not in connector.posts
    operator = getpwuid(getuid()).pw_name
    assert await acts_on_messages(bot) == [
        ("retry message", chats[0], {"message": numbers[0]}, operator),
        ("drop message", chats[1], {"message": numbers[1]}, operator),
    ]
    # A missing message is an error.
    assert await written(bot, "outbox", "retry", numbers[0]) == (1, ["0 queued to be sent again."])


async def test_messages_that_wait_are_listed_with_the_reason(bot: BotProcess, connector: FakeConnector) -> None:
    await connected(bot, connector)
    connector.fault = lambda *_: error(429, "Throttled", Retry_After="600")
    await bot.save("CAS-01001", {"prioritycode": HIGH})
    await eventually(bot, "outbox", "--waiting", lines=2, telling="status 429 Throttled")
    assert await written(bot, "outbox") == (0, ["No messages are dead-lettered."])


async def test_a_start_without_its_database_says_so_and_nothing_else(bot: BotProcess) -> None:
    nobody = "postgresql+asyncpg://chatsync:not-to-be-shown@127.0.0.1:1/chatsync"
    bot.settings["CHATSYNC_DATABASE_URL"] = nobody
    code, lines = await written(bot)
    assert code == 2
    assert lines == [
        "Chat Sync cannot start. The database is not responding. Check CHATSYNC_DATABASE_URL and the server."
    ]


@pytest.mark.databases("sqlite")
async def test_a_command_that_cannot_run_says_what_to_do(bot: BotProcess) -> None:
    code, lines = await written(bot, "dataverse", "connect")
    assert code == 2
    assert lines == [
        "The sandbox registers its webhook itself. Set CHATSYNC_DATAVERSE_URL to register with a real environment."
    ]


@pytest.mark.databases("sqlite")
async def test_the_built_in_sandbox_has_the_pane_from_the_start(bot: BotProcess) -> None:
    state = "localhost/sandbox: pane with 5 web resources and 2 commands, up to date"
    assert await written(bot, "dataverse", "pane", "status") == (0, [state])
    refusal = (
        "The sandbox installs its pane itself. Set CHATSYNC_DATAVERSE_URL to install the pane in a real environment."
    )
    assert await written(bot, "dataverse", "pane", "install") == (2, [refusal])


@pytest.mark.databases("sqlite")
async def test_the_doctor_finds_nothing_wrong_with_a_running_bot(bot: BotProcess) -> None:
    code, lines = await written(bot, "doctor")
    assert code == 0
    assert [line for line in lines if line.startswith("ok ")] == [
        "ok     settings",
        "ok     private files",
        "ok     database connection",
        "ok     database",
        "ok     database tables",
    ]
    assert not [line for line in lines if line.startswith("WRONG")]
