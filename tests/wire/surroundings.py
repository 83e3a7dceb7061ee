"""The surroundings of the bot in a story, and their settings."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from aiohttp import ClientSession

from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.sandbox.faults import FaultyService
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.store.engine import Engines
from bot.tracing import Tracer
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.fakes.databases import DatabaseReader
from tests.patience import PATIENCE_S

GROUP = "19:0f0f0f0f@thread.v2"
OTHER_GROUP = "19:1e1e1e1e@thread.v2"
PERSONAL = "a:1personal"
BOT = {"id": "28:chat-sync", "name": "Chat Sync"}
WEBHOOK_KEY = "a-key-that-nobody-guesses"
CLIENT_STATE = "a-state-that-nobody-guesses"
TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
API = "/api/data/v9.2"
EVENTS = "/api/dataverse/events"
MESSAGES = "/api/messages"
UNPACED = Limits(chat=(), tenant=None, answer_within_s=PATIENCE_S, graph_pace_s=0, sync=None, refuse_after_s=0)
"""Limits without rate limits, because most stories would have to move the clock for them. A busy machine may take
longer to answer than people wait.
"""

HURRIED = replace(UNPACED, answer_within_s=9)
"""Limits with which a request to Dataverse that hangs lets the deadline of the answer pass at once. The deadline is
shorter than the timeout of such a request, and longer than a busy machine takes.
"""


@dataclass
class Surroundings:
    """The servers around the bot, its settings, and its clock."""

    settings: Settings
    session: ClientSession
    connector: FakeConnector
    clock: HeldClock
    engines: Engines
    reader: DatabaseReader
    url: str
    """The URL of the bot."""
    sandbox: str
    """The URL of the sandbox."""
    dataverse_is_down: bool = False
    dataverse_hangs: bool = False
    dataverse_hangs_on: str = ""
    """Part of the path of requests that get no response."""
    dataverse_hangs_method: str = ""
    """The method of these requests; empty for all."""
    deadline_passes: bool = False
    """True while the deadline of a response passes."""
    dataverse_refuses_to_act_for_people: object = None
    """The body of the responses that refuse requests on behalf of a person."""
    dataverse_refuses: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Status and body of the responses to requests whose URL contains the key."""
    dataverse_says: dict[bytes, bytes] = field(default_factory=dict)
    """Replacements in the bodies of the responses of the sandbox, including its Graph."""
    dataverse_was_asked: list[str] = field(default_factory=list)
    """The URLs of requests to the sandbox."""
    dataverse_was_sent: list[bytes] = field(default_factory=list)
    """The bodies of requests to the sandbox, including its Graph."""
    dataverse_pending: int = 0
    """The number of requests to the sandbox that wait for a response."""
    tracer: Tracer | None = None
    """The tracer of the bot; None for that of its settings."""
    event_answers: list[int] = field(default_factory=list)
    """The statuses of responses to events."""
    looks: dict[str, int] = field(default_factory=dict)
    """The number of checks of each chat that the test has seen enqueued."""
    limits: Limits = UNPACED
    knows_targeted: bool = False
    """True if the connector of the chats knows targeted messages."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every call as Teams."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    teams: SampleOrganization = field(init=False)
    """The chats of the sandbox."""
    faulty_services: Mapping[str, FaultyService] = field(init=False)
    """Services of the sandbox by name, with their queued faults."""
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
