"""One correlation ID connects a change, from Dataverse's call to Teams' response."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.store.engine import create_engines
from bot.store.tables import inbox, outbox
from tests.fakes.connector import FakeConnector
from tests.process.bot_process import BotProcess
from tests.process.chats import CHAT, OTHER_CHAT, connected

HIGH = 1
ID = "0f9f8b7a-1c2d-4e5f-8a9b-0c1d2e3f4a5b"


def logged(bot: BotProcess, event: str) -> list[dict[str, Any]]:
    """Return the lines of the log with this event."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in bot.log.splitlines()]
    return [line for line in lines if line["event"] == event]


async def kept(bot: BotProcess, table: Table) -> list[str]:
    """Return the correlation IDs of a table's rows in the order in which they were added."""
    engines = create_engines(bot.settings["CHATSYNC_DATABASE_URL"])
    async with engines.reading.connect() as connection:
        ids = list((await connection.execute(select(table.c.correlation_id).order_by(table.c.id))).scalars())
    await engines.close()
    return ids


def sent(bot: BotProcess) -> list[str]:
    """Return the IDs of the messages that Teams accepted."""
    return [each for line in logged(bot, "outbox.messages_sent") for each in line["correlation_ids"]]


async def test_one_id_goes_from_the_webhook_through_inbox_and_outbox_to_each_card(
    bot: BotProcess, connector: FakeConnector
) -> None:
    await connected(bot, connector)
    await bot.save("CAS-01001", {"prioritycode": HIGH})
    for chat in (CHAT, OTHER_CHAT):
        await connector.arrived(chat, 1)
    await asyncio.to_thread(bot.stop)
    (event,) = logged(bot, "webhook.event_received")
    assert event["correlation_id"]
    assert event["correlation_id"] in await kept(bot, inbox)
    *_, first, second = await kept(bot, outbox)
    assert {first, second} == {event["correlation_id"]}
    assert sent(bot)[-2:] == [event["correlation_id"]] * 2


async def test_what_a_person_does_has_an_id_of_its_own(bot: BotProcess, connector: FakeConnector) -> None:
    await connected(bot, connector)
    await asyncio.to_thread(bot.stop)
    first, second = sent(bot)
    assert first != second
    assert await kept(bot, outbox) == [first, second]


@pytest.mark.databases("sqlite")
async def test_the_line_about_a_request_carries_the_id_under_which_it_was_answered(bot: BotProcess) -> None:
    await asyncio.to_thread(bot.stop)
    bot.settings["CHATSYNC_LOG_LEVEL"] = "DEBUG"
    await bot.start()
    told = {"x-ms-correlation-request-id": ID}
    async with bot.session.post(f"{bot.url}/api/dataverse/events?code=wrong", headers=told) as answer:
        told_id = (await answer.json())["error"]["correlationId"]
    await asyncio.to_thread(bot.stop)
    (refused,) = logged(bot, "webhook.unauthorized")
    (line,) = [line for line in logged(bot, "http.request_completed") if line["status"] == 401]
    assert refused["correlation_id"] == line["correlation_id"] == told_id
    assert told_id != ID  # a stranger writes nothing into the log
    assert line["path"] == "/api/dataverse/events"
