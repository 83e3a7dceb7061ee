"""Chat sync on a real database and the sandbox's Dataverse, with a fake Teams."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.dataverse.chat_activity_rows import DataverseChatActivityRows
from bot.dataverse.client import create_client
from bot.dataverse.records import DataverseRecords
from bot.dataverse.teams_associations import DataverseTeamsAssociations
from bot.domain.limits import Limits
from bot.domain.queue_states import Queue
from bot.domain.rate_windows import Window
from bot.domain.record_links import parse_environment
from bot.domain.synced_chats import Pause
from bot.domain.values import (
    Chat,
    ChatId,
    ChatKind,
    Connection,
    Environment,
    NewConnection,
    ObjectId,
    RecordRef,
)
from bot.features.chat_sync.enqueue_stale_chats import CHECK_INTERVAL, enqueue_chats_of_environment, enqueue_stale_chats
from bot.features.chat_sync.record_activity import ActivityRecorder
from bot.features.chat_sync.start_and_end import end_sync, resume_idle, start_sync, transfer_sync
from bot.features.shared.services import Services
from bot.metrics import Metrics
from bot.sandbox.app import SandboxSettings, make_sandbox
from bot.store.administration import Administration
from bot.store.engine import Engines
from bot.store.tables import environment as environments
from bot.store.unit_of_work import Store
from bot.wiring.services import Runtime, build_runtime, close, migrate_and_load
from bot.wiring.workers import SYNC_CONCURRENCY
from bot.workers.chat_sync import SyncHandler
from bot.workers.rate_limiter import RateLimiter
from bot.workers.worker import Worker
from tests.fakes.clock import START, HeldClock
from tests.sync.teams import FakeTeams
from tests.tcp_ports import free_port
from tests.wire.people import Somebody

API = "/api/data/v9.2"
ROW_EVERY = timedelta(seconds=5)
IDLE = timedelta(days=7)
"""The default setting."""


class Crash(BaseException):
    """Simulated crash of the process."""


class NoTokens:
    """Access tokens of an environment without sign-in."""

    async def get(self, scope: str) -> str | None:
        return None

    async def invalidate(self, scope: str, token: str) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass
class Room:
    """The services and workers of chat sync, and controls for tests."""

    clock: HeldClock
    runtime: Runtime
    environment: Environment
    teams: FakeTeams
    window: Window | None = None
    is_down: bool = False
    refused: dict[str, int] = field(default_factory=dict)
    """Response statuses by a part of the path: matching requests are rejected."""
    off_at: datetime = START
    """The time at which sync was turned off."""
    crash_at: int | None = None
    """The number of requests that are sent before the process crashes."""
    lost_answers: int = 0
    """The number of writes that succeed but whose responses are replaced by errors."""
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Method, path, and time of each request that reached Dataverse."""
    departed: list[datetime] = field(default_factory=list)
    """The time of each request that the rate limiter released."""
    note: ActivityRecorder = field(init=False)
    lane: SyncHandler = field(init=False)
    services: Services = field(init=False)

    @property
    def store(self) -> Store:
        return self.runtime.services.store

    @property
    def administration(self) -> Administration:
        return self.runtime.services.administration

    @property
    def engines(self) -> Engines:
        return self.runtime.engines

    @property
    def session(self) -> ClientSession:
        return self.runtime.session

    def start(self) -> None:
        """Start a process with nothing in memory."""
        client = create_client(self.environment, self.session, NoTokens(), Metrics())
        name = self.environment.id
        records = DataverseRecords({name: client}, self.clock)
        slow = {name: client.throttled(self._turn())}
        self.services = replace(
            self.runtime.services,
            records=records,
            chat_rows=DataverseChatActivityRows(slow, records.tables),
            associations=DataverseTeamsAssociations(slow),
        )
        self.note = ActivityRecorder(store=self.store, administration=self.administration, clock=self.clock)
        self.lane = SyncHandler(self.services)

    def _turn(self) -> Any:
        budget = None
        if self.window:
            budget = RateLimiter(self.window, store=self.store, clock=self.clock).limiter("sync")

        async def turn() -> None:
            if budget:
                await budget()
            self.departed.append(self.clock.now())
            if self.crash_at is not None:
                self.crash_at -= 1
                if self.crash_at < 0:
                    self.crash_at = None
                    raise Crash

        return turn

    # Actions of people -----------------------------------------------------------------------------------------------

    async def add_chat(self, chat: ChatId, *people: Somebody, topic: str | None = None) -> None:
        """Add a chat that the bot is in."""
        self.teams.people[chat], self.teams.topics[chat] = list(people), topic
        async with self.store.writing() as work:
            await work.chats.save(
                Chat(
                    id=chat,
                    kind=ChatKind.GROUP,
                    channel="msteams",
                    tenant_id="",
                    service_url="",
                    bot_id="28:bot",
                    bot_name="Chat Sync",
                )
            )

    async def connect(self, chat: ChatId, row_id: str, person: Somebody) -> Connection:
        """Connect the chat to a case as the person."""
        now = self.clock.now()
        record = RecordRef(environment=self.environment.id, table="incident", row_id=row_id)
        new = NewConnection(
            chat_id=chat,
            record=record,
            record_name="A case",
            record_number=None,
            connector_id=ObjectId(person.object_id),
            connector_name=person.name,
            connected_at=now,
        )
        async with self.store.writing() as work:
            known = await work.chats.get(chat)
            made = await work.connections.add(new)
            assert known
            assert made
            await start_sync(self.services, work, known, made, maker=ObjectId(person.object_id), at=now)
        return made

    async def disconnect(self, connection: Connection, person: Somebody) -> None:
        """Disconnect the chat as the person."""
        now = self.clock.now()
        async with self.store.writing() as work:
            by = ObjectId(person.object_id)
            assert await work.connections.end(connection.id, at=now, by=by, by_name=person.name)
            await end_sync(work, [connection], at=now)

    async def follow(self, connection: Connection, row_id: str) -> Connection:
        """Move the connection to the record that its record was merged into."""
        now = self.clock.now()
        kept = {
            name: getattr(connection, name) for name in ("chat_id", "connector_id", "connector_name", "connected_at")
        }
        new = NewConnection(
            record=replace(connection.record, row_id=row_id), record_name="Another case", record_number=None, **kept
        )
        async with self.store.writing() as work:
            assert await work.connections.end(connection.id, at=now, by=None, by_name="")
            made = await work.connections.add(new)
            assert made
            await transfer_sync(work, connection, made, at=now)
        return made

    async def undo(self, connection: Connection) -> bool:
        """Undo the disconnection, and return False if that is not possible."""
        async with self.store.writing() as work:
            back = await work.connections.reopen(connection, at=self.clock.now())
            if back:
                await resume_idle(work, connection.chat_id, at=self.clock.now())
            return back

    async def switch_sync(self, *, on: bool) -> None:
        """Turn sync on or off, and enqueue what the change requires."""
        async with self.engines.writing.begin() as db:
            await db.execute(environments.update().values(sync_on=on))
        self.administration.invalidate()
        now = self.clock.now()
        if not on:
            self.off_at = now
            return
        async with self.store.writing() as work:
            pause = Pause(start=self.off_at, end=now, active_since=self.off_at - IDLE)
            await work.chat_sync.exclude_pause(self.environment.id, pause)
        await enqueue_chats_of_environment(self.services, self.environment.id, [])

    async def set_state(self, activity_id: str, state: int) -> None:
        """Change the state of a row as a person does in Dynamics 365."""
        status = {0: 1, 1: 2, 2: 3}[state]
        url = f"{self.environment.url}{API}/chats({activity_id})"
        body = {"statecode": state, "statuscode": status}
        async with self.session.patch(url, json=body, headers={"x-somebody": "1"}) as answer:
            assert answer.status in {204, 404}

    # Work of the process ---------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Advance the clock by a second, and store the buffered writes."""
        self.clock.advance(1)
        await self.note._flush()

    async def work(self) -> None:
        """Process the jobs that are due. After a simulated crash, start a new process."""
        try:
            await self._work()
        except Crash:
            await self.crash()

    async def crash(self) -> None:
        """Start a new process after a crash of the old one."""
        async with self.store.writing() as work:
            await work.lanes.expire_leases()
        self.start()

    async def _work(self) -> None:
        now = self.clock.now()
        async with self.store.writing() as work:
            until = now + timedelta(days=1)
            lanes = await work.lanes.claim(Queue.SYNC, "me", at=now, until=until, at_most=10_000)
            held = await self.lane.fetch(work, lanes)
        ended = [await self.lane.process(lane, held[lane]) for lane in lanes if lane in held]
        async with self.store.writing() as work:
            postponed: dict[str, Any] = dict.fromkeys(lanes)
            postponed.update({each.lane: each.not_before for each in ended})
            await work.lanes.release(Queue.SYNC, postponed, "me")

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Run a worker while the clock is advanced."""
        limits = Limits(concurrency=SYNC_CONCURRENCY)
        wake = self.runtime.event_hub.wakeups[Queue.SYNC]
        worker = Worker(Queue.SYNC, self.lane, store=self.store, clock=self.clock, wake=wake, limits=limits)
        working = asyncio.create_task(worker.run())
        yield
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def pass_time(self, seconds: float) -> None:
        """Advance the clock in small steps, so that other tasks can run."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:
            await asyncio.sleep(0.004)
            self.clock.advance(0.012)

    async def until_nothing_is_due(self) -> None:
        """Advance the clock until all jobs are done."""
        async with asyncio.timeout(100):
            while await self._next_due() is not None:
                await self.pass_time(0.1)

    async def _next_due(self) -> datetime | None:
        async with self.store.reading() as work:
            return await work.lanes.next_due(Queue.SYNC)

    async def come_to_rest(self) -> None:
        """End all failures, enqueue stale chats, and process all jobs."""
        self.is_down, self.crash_at, self.lost_answers = False, None, 0
        self.teams.down.clear()
        self.refused.clear()
        await self.keep()
        self.clock.advance(CHECK_INTERVAL.total_seconds() + 1)
        for _ in range(10):
            # Chats with a pending job are not enqueued, so several iterations are needed.
            await enqueue_stale_chats(self.services, timedelta(0))
            await self.work()
            self.clock.advance(400)
        assert await self._next_due() is None

    # State -----------------------------------------------------------------------------------------------------------

    async def get(self, path: str) -> Mapping[str, Any]:
        """Request a path of Dataverse."""
        url = f"{self.environment.url}{API}/{path}"
        async with self.session.get(url, headers={"x-somebody": "1"}) as answer:
            found: Mapping[str, Any] = await answer.json()
            return found

    async def rows(self, chat: ChatId) -> list[Mapping[str, Any]]:
        """Return the chat's rows."""
        parties = "chat_activity_parties($select=participationtypemask,_partyid_value)"
        found: list[Mapping[str, Any]] = (
            await self.get(f"chats?$filter=teamschatid eq '{chat}'&$expand={parties}&$orderby=createdon")
        )["value"]
        return found

    async def cases(self) -> list[str]:
        """Return the ids of the sample cases."""
        found = await self.get("incidents?$select=incidentid&$orderby=ticketnumber")
        return [each["incidentid"] for each in found["value"]]

    async def user(self, person: Somebody) -> str | None:
        """Return the id of the person's enabled user, or None."""
        found = await self.get(f"systemusers?$filter=azureactivedirectoryobjectid eq {person.object_id}")
        return next((each["systemuserid"] for each in found["value"] if not each["isdisabled"]), None)


@asynccontextmanager
async def aclosing_runtime(runtime: Runtime) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await close(runtime)


@asynccontextmanager
async def open_room(database: Path, *, window: Window | None = None) -> AsyncIterator[Room]:
    """Open a room on an empty database and the sample rows."""
    clock = HeldClock()
    port = free_port()
    url = f"http://127.0.0.1:{port}/sandbox"
    environment = parse_environment(url)
    settings = Settings(
        dataverse_urls=(url,),
        database_url=f"sqlite+aiosqlite:///{database}",
        webhook_key=SecretStr("a key of the tests"),
    )
    teams = FakeTeams()
    limits = Limits(row_interval=ROW_EVERY, sync=None)
    runtime = await build_runtime(settings, clock, limits, roster=teams, chats=teams)
    await migrate_and_load(runtime)
    async with aclosing_runtime(runtime):
        room = Room(clock=clock, runtime=runtime, environment=environment, window=window, teams=teams)

        @web.middleware
        async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
            if "x-somebody" in request.headers:
                return await handler(request)
            if room.is_down:
                return web.Response(status=503)
            for part, status in room.refused.items():
                if part in request.path_qs:
                    return web.Response(status=status)
            room.asked.append((request.method, request.path_qs, clock.now()))
            answer = await handler(request)
            if room.lost_answers and request.method != "GET":
                room.lost_answers -= 1
                return web.Response(status=500)
            return answer

        app = web.Application(middlewares=[watched])
        sandbox = SandboxSettings(url=url, webhook_url=f"{url}/nobody", webhook_key="a key of the tests", file=None)
        app.add_subapp("/sandbox", make_sandbox(sandbox, now=clock.now))
        async with TestServer(app, port=port):
            room.start()
            yield room
