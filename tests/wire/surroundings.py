"""What is around the bot in a story, and what the story changes of it."""

import asyncio
from dataclasses import dataclass, field, replace

from aiohttp import ClientSession, web

from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.store.engine import Engines
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
UNPACED = Limits(chat=(), tenant=None, answer_within_s=PATIENCE_S, graph_pace_s=0, sync=None)
"""The clock stands still: at Teams' pace most stories would have to move it for no reason of theirs. A busy machine
may take longer to answer than people wait.
"""

HURRIED = replace(UNPACED, answer_within_s=9)
"""A request to Dataverse that hangs lets the deadline of the answer pass at once. It is shorter than the timeout of
such a request, and longer than a busy machine takes.
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
    """Where the bot answers."""
    sandbox: str
    """Where the sandbox answers."""
    dataverse_is_down: bool = False
    dataverse_hangs: bool = False
    dataverse_hangs_on: str = ""
    """What is in the path of requests that are not answered."""
    dataverse_refuses_to_act_for_people: object = None
    """The body with which requests on behalf of a person are refused."""
    dataverse_refuses: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Status and body with which requests are answered whose address holds this."""
    dataverse_was_asked: list[str] = field(default_factory=list)
    """The addresses that the sandbox was asked for."""
    dataverse_was_sent: list[bytes] = field(default_factory=list)
    """The bodies that the sandbox, its Graph too, was sent."""
    event_answers: list[int] = field(default_factory=list)
    """The statuses with which events were answered."""
    looks: dict[str, int] = field(default_factory=dict)
    """How often the test has seen that each chat was to be looked at."""
    limits: Limits = UNPACED
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every call as Teams."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    teams: SampleOrganization = field(init=False)
    """The chats of the sandbox."""
    _runner: web.AppRunner | None = None
