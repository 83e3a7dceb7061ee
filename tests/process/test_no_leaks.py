"""The output of the process contains no secret, when it starts, when it fails, and when it runs."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import jwt
import pytest
from aiohttp import ClientError, ClientSession

from tests.patience import PATIENCE_S, until
from tests.plugins.cleaner import VARIABLE
from tests.process.bot_process import ROOT
from tests.tcp_ports import free_port

SECRET = "marker-that-nobody-sees"
ID = "aaaaaaaa-0000-4000-8000-000000000001"
PRODUCTION = {
    "MicrosoftAppId": ID,
    "MicrosoftAppType": "SingleTenant",
    "MicrosoftAppTenantId": ID,
    "MicrosoftAppPassword": f"{SECRET}-password",
    "CHATSYNC_DATAVERSE_URL": "https://127.0.0.1:9",
    "CHATSYNC_DATAVERSE_CLIENT_ID": ID,
    "CHATSYNC_DATAVERSE_CLIENT_SECRET": f"{SECRET}-client",
    "CHATSYNC_LOGIN_URL": "https://127.0.0.1:9",
    "CHATSYNC_OPENID_URL": "https://127.0.0.1:9/openid",
    "CHATSYNC_GRAPH_URL": "https://127.0.0.1:9/v1.0",
    "CHATSYNC_PUBLIC_URL": "https://bot.example.com",
    "CHATSYNC_WEBHOOK_KEY": f"{SECRET}-webhook-key",
    "CHATSYNC_WEBHOOK_KEY_PREVIOUS": f"{SECRET}-previous-webhook-key",
    "CHATSYNC_GRAPH_CLIENT_STATE": f"{SECRET}-client-state",
    "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS": f"{SECRET}-previous-client-state",
    "CHATSYNC_LOG_LEVEL": "DEBUG",
}
"""A production configuration in which no system answers."""

ACTIVITY = {
    "type": "message",
    "serviceUrl": f"https://{SECRET}.example/",
    "conversation": {"id": SECRET},
    "from": {"id": SECRET},
    "text": SECRET,
}

POSTGRES = "postgresql+asyncpg://bot:{}@127.0.0.1:9/chatsync"

FAILED_STARTS: dict[str, dict[str, str]] = {
    "a password that is not encoded": {"CHATSYNC_DATABASE_URL": POSTGRES.format(f"a@b:{SECRET}")},
    "a database that does not answer": {"CHATSYNC_DATABASE_URL": POSTGRES.format(SECRET)},
    "an error that nothing foresaw": {"CHATSYNC_DATABASE_URL": POSTGRES.format(SECRET) + f"?{SECRET}=1"},
    "an address with a password": {"CHATSYNC_PUBLIC_URL": f"https://{SECRET}:{SECRET}@bot.example.com"},
    "a role that does not exist": {"CHATSYNC_ROLE": SECRET},
    "a certificate that is none": {"CHATSYNC_CA_FILE": "app.pem"},
    "a host that does not exist": {"HOST": f"{SECRET}.invalid"},
    "a folder that does not exist": {"CHATSYNC_DATABASE_URL": f"sqlite+aiosqlite:////{SECRET}/x.db"},
}


async def run(folder: Path, settings: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Run the program to its end; return the exit code, and everything that it has written."""
    process = await started(folder, settings, *arguments)
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode is not None
    return process.returncode, output.decode()


async def started(folder: Path, settings: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    (folder / "app.pem").write_text(SECRET, encoding="utf-8")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "app.py"), *arguments),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", VARIABLE: os.environ[VARIABLE], **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("settings", FAILED_STARTS.values(), ids=FAILED_STARTS)
async def test_a_start_that_fails_says_why_without_values(
    tmp_path: Path, settings: dict[str, str], log_format: str
) -> None:
    chosen = {**PRODUCTION, "PORT": str(free_port()), "CHATSYNC_LOG_FORMAT": log_format, **settings}
    code, said = await run(tmp_path, chosen)
    assert code != 0
    assert "Chat Sync cannot start." in said or "process.uncaught_error" in said
    assert SECRET not in said


@pytest.mark.parametrize("command", ["doctor", "outbox", "dataverse status", "dataverse connect", "outbox retry --all"])
async def test_a_command_prints_no_values(tmp_path: Path, command: str) -> None:
    for database in ("sqlite+aiosqlite:///x.db", POSTGRES.format(SECRET)):
        _, said = await run(tmp_path, {**PRODUCTION, "CHATSYNC_DATABASE_URL": database}, *command.split())
        assert said
        assert SECRET not in said


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_nothing_that_the_process_writes_contains_a_secret(
    tmp_path: Path, session: ClientSession, log_format: str
) -> None:
    port = free_port()
    settings = {**PRODUCTION, "PORT": str(port), "CHATSYNC_LOG_FORMAT": log_format}
    process = await started(tmp_path, settings)
    here = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            async with session.get(f"{here}/healthz") as answer:
                return answer.status == 200
        except ClientError:
            return False

    try:
        await until(answers)
        answered = [text async for text in knocks(session, here)]
        for line in (f"GET /api/dataverse/events?code={SECRET}\x01 HTTP/1.1\r\n\r\n", f"{SECRET} / HTTP/1.1\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(line.encode())
            answered.append((await reader.read()).decode())
            writer.close()
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    said = output.decode()
    assert "http.request_completed" in said
    assert "sign_in.keys_fetch_failed" in said
    assert SECRET not in said
    assert "eyJ" not in said  # the beginning of every token
    assert [text for text in answered if f"{SECRET}-" in text] == []


async def knocks(session: ClientSession, here: str) -> AsyncIterator[str]:
    """Send requests with markers to every route, and yield the answers."""
    token = jwt.encode({"iss": SECRET}, 3 * SECRET, "HS256", headers={"kid": SECRET})
    headers = {"Authorization": f"Bearer {token}", "x-chatsync-key": SECRET, "User-Agent": SECRET}
    for path in ("api/messages", "api/dataverse/events", "api/graph/events", "readyz", "metrics", SECRET):
        for method in ("POST", "GET"):
            address = f"{here}/{path}?code={SECRET}"
            async with session.request(method, address, headers=headers, json=ACTIVITY) as answer:
                yield await answer.text()
    async with session.post(f"{here}/api/dataverse/events?code={SECRET}-webhook-key", json={SECRET: SECRET}) as answer:
        yield await answer.text()
