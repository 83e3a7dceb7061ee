"""Secret markers through every failing path: none of them is in a log, on the terminal, or in an answer to others."""

import asyncio
import json
import sqlite3
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, get_args

import pytest
from aiohttp import ClientError, web
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.dataverse.client import DataverseClient
from bot.domain.errors import ChatSyncError
from bot.domain.extension_names import SEARCH
from bot.domain.public_names import Command, Dataset, Dialog, Verb
from bot.graph.client import GraphClient
from bot.handlers.invoke_names import Invoke
from bot.logs import LogFormat, get_logger
from bot.sandbox.settings import ORGANIZATION_ID
from bot.store.cancellation import CancelSafeConnection
from bot.store.tables import record_type
from bot.teams.connector import Connector
from bot.wiring.command_line import run_command
from tests.fakes.connector import Fault, error
from tests.steps.process_logs import configured
from tests.tiers import FULL
from tests.wire.people import ALEX, EVERYBODY, LYNNE, Somebody
from tests.wire.world import BOT, CLIENT_STATE, EVENTS, GROUP, MESSAGES, OTHER_GROUP, PERSONAL, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

SYSTEM = "marker-of-another-system-0001"
"""In answers and errors of Dataverse, Graph, Teams, and the database. Nobody sees it."""
WORDS = "marker-of-a-person-0002"
"""In what people and strangers send. Only they see it."""
VALUE = "marker-of-a-record-0003"
"""In values and names of records. People who can read the record see it."""
KEYS = (WEBHOOK_KEY, CLIENT_STATE)
QUOTED_NOWHERE = ("strangers", "broken_requests")
"""Steps whose answers do not even contain what the client itself has sent."""

IN_NO_LOG = (SYSTEM, WORDS, VALUE, *KEYS, "CAS-0100", "Pump vibrates", *(each.name for each in EVERYBODY))

GRAPH_EVENTS = "/api/graph/events"
ODATA = {"error": {"code": SYSTEM, "message": SYSTEM, "innererror": {"message": SYSTEM, "stacktrace": SYSTEM}}}
STATUSES = (400, 401, 403, 404, 409, 412, 413, 429, 500, 503)


class ForeignError(Exception):
    """An unexpected error of a library, which quotes what it was given."""


@dataclass
class Witness:
    """Everything that a run writes and answers."""

    world: World
    capture: pytest.CaptureFixture[str]
    row: str
    """The ID of the connected case."""
    numbers: Iterator[int] = field(default_factory=count)
    answers: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    async def send(self, method: str, path: str, **more: Any) -> None:
        """Send a request to the bot, and keep the answer. An answer that breaks off is none."""
        try:
            async with self.world.session.request(method, self.world.url + path, **more) as answer:
                self.answers.append(f"{answer.status} {answer.reason} {dict(answer.headers)} {await answer.text()}")
        except ClientError:
            self.answers.append("")

    async def invoke(self, name: str, value: object, *, person: Somebody = ALEX) -> None:
        activity = self.world.activity(GROUP, person, type="invoke", name=name, value=value)
        await self.send("POST", MESSAGES, json=activity)

    async def say(self, *texts: str, person: Somebody = ALEX, new_chat: bool = False) -> None:
        """Write to the bot at once, in a group chat and in a personal chat, and perhaps in a chat that is new to it."""
        mention = {"type": "mention", "mentioned": BOT, "text": f"<at>{BOT['name']}</at>"}
        chats = (GROUP, PERSONAL, *([f"19:{next(self.numbers)}@thread.v2"] if new_chat else []))
        messages = [
            self.world.activity(chat, person, type="message", text=f"{mention['text']} {text}", entities=[mention])
            for text, chat in product(texts, chats)
        ]
        await asyncio.gather(*(self.send("POST", MESSAGES, json=message) for message in messages))

    def check(self, step: str) -> None:
        """Search everything since the last check."""
        said = "".join(self.capture.readouterr())
        self.logged.append(said)
        for marker in IN_NO_LOG:
            assert marker.lower() not in said.lower(), f"{step}: {marker} in\n{said[-3000:]}"
        posted = json.dumps(self.world.connector.posts, ensure_ascii=False)
        hidden = (SYSTEM, *KEYS, *((WORDS,) if step in QUOTED_NOWHERE else ()))
        for marker in hidden:
            assert marker not in "\n".join(self.answers), f"{step}: {marker} in an answer"
            assert marker not in posted, f"{step}: {marker} in a message"
        assert not any("Traceback" in each or ".py" in each for each in self.answers), step
        self.answers.clear()


Step = Callable[[Witness], Awaitable[None]]

COMMANDS = tuple(
    f"{command} CAS-01001" for command in ("connect", "status", "chats", "timeline", "suggest", "settings", "new")
)

VALUES = {
    "record": WORDS,
    "connection": "1",
    "words": WORDS,
    "text": WORDS,
    "title": WORDS,
    "name": WORDS,
    "person": WORDS,
    "people": WORDS,
    "link": WORDS,
    "version": "1",
    "settings": '{"format": 1, "record_types": "' + WORDS + '"}',
    "key": WORDS,
    "act": WORDS,
    "offset": WORDS,
    "environment": WORDS,
    "table": WORDS,
}


async def strangers(witness: Witness) -> None:
    """Send requests without a right to, or without sense."""
    query = f"?code={WORDS}&validationToken="
    headers = {
        "Authorization": f"Bearer {WORDS}",
        "x-chatsync-key": WORDS,
        "x-ms-correlation-request-id": WORDS,
        "x-ms-dynamics-organization": WORDS,
        "User-Agent": WORDS,
        "Referer": f"https://{WORDS}.example/?{WORDS}",
    }
    routes = (MESSAGES, EVENTS, GRAPH_EVENTS, "/healthz", "/readyz", "/metrics")
    paths = (*routes, f"/{WORDS}", f"{EVENTS}%3Fcode={WORDS}")
    texts = ("", WORDS, f'{{"{WORDS}": ["{WORDS}", ', f'"{WORDS}"', f"\udcff{WORDS}")
    bodies = [text.encode(errors="surrogateescape") for text in texts]
    for path, body in product(paths, bodies):
        for content_type in ("application/json", f"text/{WORDS}"):
            sent = {**headers, "Content-Type": content_type}
            await witness.send("POST", f"{path}{query}", headers=sent, data=body)
    for path, method in product(paths, ("GET", "PUT", "OPTIONS")):
        await witness.send(method, f"{path}{query}", headers=headers)
    encoded = {**headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    await witness.send("POST", MESSAGES, headers=encoded, data=WORDS.encode(), skip_auto_headers=["Content-Encoding"])


async def broken_requests(witness: Witness) -> None:
    """Send what is no HTTP."""
    lines = (
        f"GET {EVENTS}?code={WORDS}\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET {EVENTS}?code={WORDS}{'a' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"{WORDS} / HTTP/1.1\r\n\r\n",
        f"GET / {WORDS}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{WORDS}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\n{WORDS}: {WORDS}\x00\r\n\r\n",
        f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\nContent-Length: {WORDS}\r\n\r\n",
        f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{WORDS}\r\n",
    )
    for line in lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", witness.world.settings.port)
        writer.write(line.encode())
        writer.write_eof()
        witness.answers.append((await reader.read()).decode())
        writer.close()


async def broken_activities(witness: Witness) -> None:
    """Send activities with parts of the wrong kind."""
    world = witness.world
    good = world.activity(GROUP, ALEX, type="message", text=WORDS)
    for name in good:
        for wrong in (None, WORDS, [WORDS], {WORDS: WORDS}, 1):
            await witness.send("POST", MESSAGES, json={**good, name: wrong})
    pressed = {"action": {"verb": WORDS, "data": WORDS}}
    for name in (*Invoke, WORDS):
        for value in (None, WORDS, [WORDS], {WORDS: WORDS}, pressed, {"data": WORDS}):
            await witness.invoke(name, value)


async def broken_events(witness: Witness) -> None:
    """Send events and notifications with the right key, and with parts of the wrong kind."""
    good = {
        "MessageName": "Update",
        "PrimaryEntityName": "incident",
        "PrimaryEntityId": witness.row,
        "InputParameters": [{"key": "Target", "value": {"Attributes": [{"key": "title", "value": WORDS}]}}],
        "OrganizationId": WORDS,
        "OperationCreatedOn": WORDS,
    }
    for name in good:
        for wrong in (None, WORDS, [WORDS], {WORDS: WORDS}):
            headers = {"x-chatsync-key": WEBHOOK_KEY}
            await witness.send("POST", EVENTS, headers=headers, json={**good, name: wrong})
    await witness.send("POST", f"{EVENTS}?code={WEBHOOK_KEY}", json=good, headers={"x-ms-dynamics-organization": WORDS})
    notification = {
        "clientState": CLIENT_STATE,
        "subscriptionId": WORDS,
        "resource": WORDS,
        "changeType": "updated",
        "tenantId": WORDS,
        "lifecycleEvent": WORDS,
        "encryptedContent": {"data": WORDS, "dataKey": WORDS, "dataSignature": WORDS},
    }
    for name in notification:
        for wrong in (None, WORDS, [WORDS], {WORDS: WORDS}):
            body = {"value": [{**notification, name: wrong}], "validationTokens": [WORDS]}
            await witness.send("POST", GRAPH_EVENTS, json=body)


async def everything_that_people_do(witness: Witness) -> None:
    """Write every command, select every button, and open every page, with and without sense."""
    texts = [f"{command} {words}" for command, words in product((*Command, WORDS), ("", "CAS-01001", WORDS))]
    for person in (ALEX, LYNNE):
        await witness.say(*texts, person=person)
    for verb, data in product((*Verb, WORDS), ({}, VALUES, {**VALUES, "connection": WORDS})):
        await witness.invoke(Invoke.BUTTON, {"action": {"verb": verb, "data": data}, "trigger": "manual"})
        message = witness.world.activity(GROUP, type="message", value={"verb": verb, **data})
        await witness.send("POST", MESSAGES, json=message)
    for page, name in product((*Dialog, WORDS), (Invoke.TASK_SUBMIT, Invoke.FETCH_TASK)):
        command = {"commandId": page, "messagePayload": {"body": {"content": f"<p>{WORDS}</p>"}}}
        await witness.invoke(name, {"data": {"dialog": page, **VALUES}, **command})
    for dataset in (*Dataset, WORDS):
        value = {"kind": "search", "queryText": WORDS, "dataset": f"{dataset}?environment={WORDS}&table={WORDS}"}
        await witness.invoke(Invoke.SEARCH_INPUT, {**value, "queryOptions": {"skip": 0, "top": 15}})
    await what_clients_ask(witness)


async def what_clients_ask(witness: Witness) -> None:
    """Paste links, and search."""
    link = f"{witness.world.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id="
    links = (
        link + witness.row,
        f"{link}00000000-0000-4000-8000-000000000000",
        f"{link}{WORDS}",
        f"https://{WORDS}/{WORDS}",
    )
    for address, person in product(links, (ALEX, LYNNE)):
        await witness.invoke(Invoke.QUERY_LINK, {"url": address}, person=person)
        await witness.invoke(Invoke.ANONYMOUS_QUERY_LINK, {"url": address}, person=person)
    query = {"commandId": SEARCH, "parameters": [{"name": "words", "value": WORDS}], "queryOptions": {"count": 9}}
    await witness.invoke(Invoke.SEARCH, query)
    await witness.invoke(Invoke.SEARCH, {**query, "commandId": WORDS})
    await witness.invoke(Invoke.SIGN_IN, {"id": WORDS, "connectionName": WORDS, "token": WORDS})


async def refused_by_every_status(witness: Witness) -> None:
    """Let Dataverse and Graph refuse everything, with markers in the answers."""
    codes = (SYSTEM, "0x80040220", [SYSTEM], None) if FULL else (SYSTEM,)
    for status, code in product(STATUSES, codes):
        witness.world.dataverse_refuses = {"/": (status, {"error": {**ODATA["error"], "code": code}})}
        await witness.say(*COMMANDS)
        await what_clients_ask(witness)
        witness.world.dataverse_refuses = {"/graph/": (status, SYSTEM)}
        await witness.say("chats CAS-01001", "suggest CAS-01001", "new")
        await witness.send("GET", "/readyz")
        witness.world.clock.advance(6)
    witness.world.dataverse_refuses = {}


async def answers_without_sense(witness: Witness) -> None:
    """Let Dataverse and Graph answer with success and nonsense."""
    values: tuple[object, ...] = ([{SYSTEM: SYSTEM}], SYSTEM, [SYSTEM], {SYSTEM: SYSTEM})
    bodies: tuple[object, ...] = (SYSTEM, *({"value": value} for value in values), [SYSTEM], {})
    for body, place in product(bodies if FULL else bodies[:2], ("/", "/graph/")):
        witness.world.dataverse_refuses = {place: (200, body)}
        await witness.say(*COMMANDS)
        await what_clients_ask(witness)
    witness.world.dataverse_refuses = {}


async def searches_of_workers(witness: Witness) -> None:
    """Let periodic jobs run while Dataverse and Graph refuse a part of their requests."""
    world = witness.world
    for status in (400, 403, 404, 500) if FULL else (403,):
        for place in ("incidents", "savedqueries", "EntityDefinitions", "chats", "/graph/", "systemusers"):
            world.dataverse_refuses = {place: (status, ODATA)}
            world.clock.advance(7 * 3600)
            await asyncio.sleep(0.05)
            await witness.say("connect CAS-01002 quiet", "disconnect CAS-01002", "chats CAS-01001")
            page = {"dialog": Dialog.NEW_CHAT_PEOPLE, "record": f"incident:{witness.row}"}
            await witness.invoke(Invoke.TASK_SUBMIT, {"data": page})
    world.dataverse_refuses = {}


async def refused_by_teams(witness: Witness) -> None:
    """Let Teams refuse messages and rosters, with markers in the answers."""
    world = witness.world
    for status, code in product((400, 403, 404, 412, 413, 429, 500), (SYSTEM, "BadArgument")):
        world.connector.fault = refusing(status, code)
        await witness.say("help")
        await world.change({"prioritycode": 1 if code == SYSTEM else 2})
        await world.window_ends()
    world.connector.fault = lambda _chat, _activity: None
    for answer in ((403, json.dumps(ODATA).encode()), (500, SYSTEM.encode()), (200, f'["{SYSTEM}"]'.encode())):
        world.connector.roster_says = answer
        await witness.say("connect CAS-01002", "disconnect", "records")
    world.connector.roster_says = None
    world.clock.advance(400)
    await world.settle()


def refusing(status: int, code: str) -> Fault:
    """Return a fault whose answers contain markers."""

    def fault(_chat: str, _activity: dict[str, Any]) -> web.Response:
        answer = error(status, code)
        answer.text = json.dumps({"error": {"code": code, "message": SYSTEM, "innerHttpError": {"body": SYSTEM}}})
        return answer

    return fault


FAULTS: Mapping[str, tuple[type, str, Callable[[], Exception]]] = {
    "Dataverse": (DataverseClient, "get", lambda: ForeignError(SYSTEM)),
    "Graph": (GraphClient, "_send_throttled", lambda: ForeignError(SYSTEM)),
    "Teams": (Connector, "_call", lambda: ForeignError(SYSTEM)),
    "full database": (
        CancelSafeConnection,
        "execute",
        lambda: OperationalError(f"INSERT {SYSTEM}", {"x": SYSTEM}, sqlite3.OperationalError(SYSTEM)),
    ),
    "database": (
        CancelSafeConnection,
        "execute",
        lambda: IntegrityError(f"INSERT {SYSTEM}", {"x": SYSTEM}, sqlite3.IntegrityError(f"Key (x)=({SYSTEM}) exists")),
    ),
}


@contextmanager
def failing(place: str) -> Iterator[None]:
    """Let a method of a client or of the database raise an error that quotes a marker, with a cause that does, too."""
    owner, name, make = FAULTS[place]

    async def fail(*_arguments: object, **_named: object) -> None:
        raised = make()
        raised.add_note(SYSTEM)
        raise raised from KeyError(SYSTEM)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, fail)
        yield


async def unexpected_errors(witness: Witness) -> None:
    """Let every client and the database fail with unexpected errors while people and workers are active."""
    world = witness.world
    for place in FAULTS:
        with failing(place):
            await witness.say(*COMMANDS, new_chat=True)
            await what_clients_ask(witness)
            await world.tell(event_about(witness.row))
            world.clock.advance(6)
            await witness.send("GET", "/readyz")
            await witness.send("GET", "/metrics")
            world.clock.advance(3700)
            await asyncio.sleep(0.2)
        world.clock.advance(3700)
        await world.settle()


def event_about(row: str) -> dict[str, object]:
    target = {"Attributes": [{"key": "title", "value": VALUE}, {"key": "prioritycode", "value": {"Value": 1}}]}
    return {
        "MessageName": "Update",
        "PrimaryEntityName": "incident",
        "PrimaryEntityId": row,
        "InputParameters": [{"key": "Target", "value": target}],
        "OperationId": WORDS,
        "OrganizationId": ORGANIZATION_ID,
    }


async def terminal(witness: Witness) -> None:
    """Run the commands of the terminal while the systems fail. What they print is searched, too."""
    world = witness.world
    settings = world.settings.model_copy(update={"public_url": world.url})

    def say(text: str) -> None:
        witness.answers.append(text)

    commands = [
        Namespace(command="doctor"),
        Namespace(command="outbox", act=None, waiting=False),
        Namespace(command="outbox", act=None, waiting=True),
        Namespace(command="outbox", act="retry", all=True, ids=[]),
        Namespace(command="dataverse", act="status", environment=None, dry_run=False),
        Namespace(command="dataverse", act="connect", environment=None, dry_run=True),
    ]
    for answer in ((403, ODATA), (500, ODATA), (200, {"value": [{SYSTEM: SYSTEM}]}), (200, SYSTEM)):
        world.dataverse_refuses = {"/": answer}
        for arguments in commands:
            await run_quietly(settings, arguments, say)
    world.dataverse_refuses = {}


async def run_quietly(settings: Any, arguments: Namespace, say: Callable[[str], None]) -> None:
    """Run a command as `app.py` does, which prints the errors of the product."""
    try:
        await run_command(settings, arguments, say)
    except ChatSyncError as raised:
        say(f"{raised} {raised.next_step}")


STEPS: tuple[Step, ...] = (
    strangers,
    broken_requests,
    broken_activities,
    broken_events,
    everything_that_people_do,
    refused_by_every_status,
    answers_without_sense,
    searches_of_workers,
    refused_by_teams,
    unexpected_errors,
    terminal,
)


@pytest.fixture
async def told(bare_world: World) -> World:
    """Connect two chats to a case whose values and name are markers, and start with all logs."""
    world = bare_world
    await world.know_chats(GROUP, OTHER_GROUP, PERSONAL)
    await world.start()
    async with world.engines.writing.begin() as begun:
        values = {"disclosure": "fields"}
        await begun.execute(update(record_type).where(record_type.c.table == "incident").values(values))
    await world.restart()
    await world.change({"title": VALUE}, told=False)
    for chat in (GROUP, OTHER_GROUP):
        await world.say("connect CAS-01001", chat=chat)
        await world.settle()
    assert VALUE in str(world.connector.posts)
    return world


EXPECTED = {
    "http.request_completed",
    "http.request_failed",
    "turn.rejected",
    "turn.reply_failed",
    "turn.failed",
    "webhook.unauthorized",
    "webhook.event_received",
    "notifications.received",
    "notifications.rejected",
    "inbox.processing_failed",
    "outbox.message_posted",
    "store.unavailable",
    "worker.iteration_failed",
    "http.request_malformed",
    "messages.caller_rejected",
    "list.details_missing",
}
"""Events that the steps cause, so that the search has something to search in."""


SHORT: tuple[Step, ...] = (strangers, broken_requests, unexpected_errors, terminal)
"""Steps for the second format of logs in a short run. The events are the same in both formats."""


@pytest.mark.parametrize("log_format", get_args(LogFormat))
async def test_no_failure_writes_a_secret(
    told: World, capfd: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    witness = Witness(told, capfd, await told.row("incidents"))
    with configured(log_format):
        for step in STEPS if FULL else SHORT:
            await step(witness)
            witness.check(step.__name__)
    said = "".join(witness.logged)
    assert not FULL or all(event in said for event in EXPECTED)
    assert "Traceback" in said


async def test_the_search_would_find_a_secret(told: World, capfd: pytest.CaptureFixture[str]) -> None:
    witness = Witness(told, capfd, "")
    for marker in IN_NO_LOG:
        get_logger("bot.test").warning("test.leaked", reason=marker)
        with pytest.raises(AssertionError, match="a step"):
            witness.check("a step")
    witness.answers.append(SYSTEM)
    with pytest.raises(AssertionError, match="in an answer"):
        witness.check("a step")
