"""The last part of bar 19: from an event of Dataverse to the card about it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from aiohttp import ClientSession

from bot.domain.record_links import parse_environment
from bot.domain.values import ChatId, NewConnection, ObjectId, RecordRef
from tests.bench.bars import Row, percentile
from tests.bench.bench import WEBHOOK_KEY, Bench
from tests.bench.child import Child, ask, module, running
from tests.bench.kept import add_chats, open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.inbound import cases
from tests.bench.samples import chat_id
from tests.dataverse.samples import bag, context, row

_PER_S = 20
_WINDOW_S = 0.1
"""Merge window for changes of one record; short here, so that each event has its own card."""


def event_to_card(bench: Bench) -> Row:
    """Measure the 95th percentile from the call of an event to the arrival of its card, minus the merge window."""
    url, records = bench.sqlite(), cases(bench)
    bench.set_world()
    asyncio.run(_connect(bench, url, records))
    settings = bench.settings(url, CHATSYNC_COALESCE_S=str(_WINDOW_S))
    # A card about missed changes would be counted as the card of an event.
    with running(module("sides.ours", "--without-search"), bench.folder, settings) as child:
        seconds = asyncio.run(_run(bench, child, records))
    return Row("19 event", 1000 * (percentile(seconds, 0.95) - _WINDOW_S))


async def _connect(bench: Bench, url: str, records: Sequence[str]) -> None:
    """Connect each record to its own chat."""
    environment = parse_environment(bench.dataverse_url).id
    async with open_store(url) as (store, engines):
        await add_chats(engines, len(records), bench.plain_url)
        async with store.writing() as work:
            for number, each in enumerate(records):
                connection = NewConnection(
                    chat_id=ChatId(chat_id(number)),
                    record=RecordRef(environment=environment, table="incident", row_id=each),
                    record_name="Pump",
                    record_number=None,
                    connector_id=ObjectId("c"),
                    connector_name="Adele Vance",
                    connected_at=datetime.now(UTC),
                )
                await work.connections.add(connection)


async def _run(bench: Bench, child: Child, records: Sequence[str]) -> list[float]:
    """Return the seconds from each event to its card."""
    began: dict[str, list[float]] = defaultdict(list)
    count, user = bench.scaled(200, 20), somebody(bench)
    url = f"http://127.0.0.1:{child.port}/api/dataverse/events?code={WEBHOOK_KEY}"
    async with ClientSession() as session:

        async def tell(number: int) -> None:
            chat = number % len(records)
            began[chat_id(chat)].append(time.monotonic())
            body = case_event(records[chat], 1 + number // len(records) % 3, user)
            async with session.post(url, json=body) as answer:
                if answer.status != 202:
                    raise RuntimeError(f"{answer.status} {await answer.text()}\n{child.last_words()}")

        await call_at_rate(tell, per_s=_PER_S, count=count)
    while bench.seen()["posts"] < count:
        await asyncio.sleep(0.05)
    arrived: dict[str, list[float]] = defaultdict(list)
    for at, conversation in bench.times():
        arrived[unquote(conversation)].append(at)
    return [end - start for chat, ends in arrived.items() for start, end in zip(began[chat], ends, strict=True)]


def somebody(bench: Bench) -> str:
    """Return the ID of a user of the sandbox."""
    _, found = ask(bench.world.port, "GET", "/sandbox/api/data/v9.2/systemusers?$select=systemuserid&$top=1")
    return str(found["value"][0]["systemuserid"])


def case_event(record: str, priority: int, user: str) -> dict[str, Any]:
    """Return an event that sets the priority of a case."""
    target = {**row(bag(prioritycode={"Value": priority})), "Id": record}
    changes: dict[str, Any] = {"OperationId": str(uuid4()), "OperationCreatedOn": None, "InitiatingUserId": user}
    return context({}, PrimaryEntityId=record, InputParameters=bag(Target=target), **changes)
