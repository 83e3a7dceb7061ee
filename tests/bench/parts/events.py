"""From an event of Dataverse to the card about it: the last part of bar 19, and for the bars about a busy process."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    asyncio.run(connect(bench, url, records))
    settings = bench.settings(url, CHATSYNC_COALESCE_S=str(_WINDOW_S))
    # A card about missed changes would be counted as the card of an event.
    with running(module("sides.ours", "--without-search"), bench.folder, settings) as child:
        seconds = asyncio.run(card_delays(bench, child, records, per_s=_PER_S, count=bench.scaled(200, 20)))
    return Row("19 event", 1000 * (percentile(seconds, 0.95) - _WINDOW_S))


async def connect(bench: Bench, url: str, records: Sequence[str]) -> None:
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


async def card_delays(bench: Bench, child: Child, records: Sequence[str], *, per_s: float, count: int) -> list[float]:
    """Return the seconds from each event to its card. Each record is connected to the chat of its number."""
    began: dict[str, list[float]] = defaultdict(list)
    user = await asyncio.to_thread(somebody, bench)
    url = f"http://127.0.0.1:{child.port}/api/dataverse/events?code={WEBHOOK_KEY}"
    async with ClientSession() as session:

        async def tell(number: int) -> None:
            chat = number % len(records)
            began[chat_id(chat)].append(time.monotonic())
            body = case_event(records[chat], 1 + number // len(records) % 3, user)
            async with session.post(url, json=body) as answer:
                if answer.status != 202:
                    raise RuntimeError(f"{answer.status} {await answer.text()}\n{child.last_words()}")

        await call_at_rate(tell, per_s=per_s, count=count)
    arrived = await _arrived(bench, began.keys(), count)
    return [end - start for chat, ends in arrived.items() for start, end in zip(began[chat], ends, strict=True)]


async def _arrived(bench: Bench, chats: Collection[str], count: int) -> Mapping[str, Sequence[float]]:
    """Wait for this number of posts into the chats, and return their times by chat."""
    while True:
        arrived: dict[str, list[float]] = defaultdict(list)
        for at, conversation in await asyncio.to_thread(bench.times):
            if (chat := unquote(conversation)) in chats:
                arrived[chat].append(at)
        if sum(map(len, arrived.values())) >= count:
            return arrived
        await asyncio.sleep(0.2)


def somebody(bench: Bench) -> str:
    """Return the ID of a user of the sandbox."""
    _, found = ask(bench.world.port, "GET", "/sandbox/api/data/v9.2/systemusers?$select=systemuserid&$top=1")
    return str(found["value"][0]["systemuserid"])


def case_event(record: str, priority: int, user: str) -> dict[str, Any]:
    """Return an event that sets the priority of a case."""
    target = {**row(bag(prioritycode={"Value": priority})), "Id": record}
    changes: dict[str, Any] = {"OperationId": str(uuid4()), "OperationCreatedOn": None, "InitiatingUserId": user}
    return context({}, PrimaryEntityId=record, InputParameters=bag(Target=target), **changes)
