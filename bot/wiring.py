"""The composition root: from settings to a running application. Only this module knows everybody."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from aiohttp import ClientSession, web
from botbuilder.core import InvokeResponse

from bot.clock import SystemClock
from bot.config import Settings
from bot.dataverse.client import DataverseClient
from bot.dataverse.records import DataverseRecords
from bot.delivery.inbox import TellLane
from bot.delivery.limits import Limits
from bot.delivery.outbox import SendLane
from bot.delivery.pruner import Pruner
from bot.delivery.safety_net import SafetyNet
from bot.delivery.switchboard import Switchboard
from bot.delivery.turn_posts import TurnPosts
from bot.delivery.worker import Worker
from bot.domain.hosts import is_loopback
from bot.domain.record_links import Links, environment_of
from bot.domain.values import Environment, ObjectId
from bot.handlers.answering import Answering
from bot.handlers.bot import ChatSyncBot, Doors
from bot.handlers.message_extension import Extension
from bot.handlers.messages import Commands
from bot.handlers.translate import tenant_of
from bot.handlers.universal_actions import Buttons
from bot.net.session import make_session
from bot.net.tokens import Tokens
from bot.ports import Clock, Queue
from bot.sign_in import bot_tokens, dataverse_tokens
from bot.store.administration import SqlAdministration
from bot.store.engine import Engines, make_engines
from bot.store.migrate import migrate
from bot.store.news import listening
from bot.store.unit_of_work import SqlStore
from bot.teams.adapter import TeamsAdapter
from bot.teams.authentication import BotAuthentication
from bot.teams.connector import Connector
from bot.teams.roster import ConnectorRoster
from bot.teams.sender import Sender
from bot.teams.signing_keys import SigningKeys
from bot.teams.token_check import TokenCheck
from bot.usecases.catch_up import CatchUp
from bot.usecases.connect_chat import ConnectChat
from bot.usecases.disconnect_chat import DisconnectChat
from bot.usecases.find_connections import FindConnections
from bot.usecases.find_missed import FindMissed
from bot.usecases.find_records import FindRecords
from bot.usecases.gates import Gates
from bot.usecases.keep_event import KeepEvent
from bot.usecases.key_field_facts import ReadKeyFieldFacts
from bot.usecases.key_fields import TellKeyFields
from bot.usecases.list_records import ListRecords
from bot.usecases.meet_chat import MeetChat
from bot.usecases.offer_chat import OfferChat
from bot.usecases.record_deleted import TellDeletion
from bot.usecases.unfurl_link import UnfurlLink
from bot.web.dataverse_events import dataverse_events
from bot.web.errors import answer_errors
from bot.web.health import alive
from bot.web.json_body import LARGEST
from bot.web.messages import Take, messages

SANDBOX = "/sandbox"
EVENTS = "/api/dataverse/events"

Job = Callable[[], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What everything else stands on."""

    settings: Settings
    clock: Clock
    session: ClientSession
    engines: Engines
    store: SqlStore
    administration: SqlAdministration
    switchboard: Switchboard
    links: Links
    records: DataverseRecords
    connector: Connector
    check: TokenCheck | None
    """None where nobody signs in."""
    tokens: tuple[Tokens, ...]

    @property
    def gates(self) -> Gates:
        """What has to be so before somebody may act."""
        roster = ConnectorRoster(self.connector)
        return Gates(administration=self.administration, records=self.records, roster=roster)


async def make_app(settings: Settings, *, clock: Clock | None = None, limits: Limits | None = None) -> web.Application:
    """The application, ready to be served; to be made inside the event loop. The database is brought up to date."""
    if settings.role == "sandbox":
        return _sandbox_alone(settings)
    key = settings.webhook_key.get_secret_value() if settings.webhook_key else token_urlsafe(32)
    limits = limits or Limits()
    base = await _foundation(settings, clock or SystemClock())
    app = web.Application(middlewares=[answer_errors], client_max_size=LARGEST)
    app.router.add_get("/healthz", alive)
    if settings.role != "worker":
        _add_doors(app, base, key, limits)
    if settings.uses_own_sandbox:
        _add_sandbox(app, settings, key, base.clock)
    if settings.role != "web":
        app.cleanup_ctx.append(_at_work(_post_room(base, limits)))
    app.cleanup_ctx.append(_listening(base))
    app.on_cleanup.append(lambda _: _close(base))
    return app


def _add_doors(app: web.Application, base: Foundation, key: str, limits: Limits) -> None:
    turn_posts = TurnPosts(store=base.store, clock=base.clock, limits=limits)
    app.router.add_post("/api/messages", messages(_take(base, turn_posts)))
    app.router.add_post(EVENTS, dataverse_events(_keep_event(base), base.links, key))
    app.cleanup_ctx.append(_at_work([turn_posts.run]))


async def _foundation(settings: Settings, clock: Clock) -> Foundation:
    engines = make_engines(settings.database_url)
    await migrate(engines.writing)
    session = make_session(settings.ca_file)
    switchboard = Switchboard()
    store = SqlStore(engines, switchboard.tell)
    if settings.one_process:
        # Leases that are left over belong to nobody.
        async with store.writing() as work:
            await work.lanes.end_leases()
    environments = _environments(settings)
    own_tokens = bot_tokens(settings, session, clock)
    tokens = {each.id: dataverse_tokens(settings, each.url, session, clock) for each in environments}
    clients = {each.id: DataverseClient(each, session, tokens[each.id]) for each in environments}
    administration = SqlAdministration(engines)
    # In the sandbox chats are on, elsewhere an administrator turns them on (spec S1).
    await administration.start({each.id: _is_sandbox(each) for each in environments})
    return Foundation(
        settings=settings,
        clock=clock,
        session=session,
        engines=engines,
        store=store,
        switchboard=switchboard,
        administration=administration,
        links=Links(environments=environments, open_pattern=settings.open_link),
        records=DataverseRecords(clients, clock),
        connector=Connector(
            session, own_tokens, frozenset(settings.service_hosts), signed_in=settings.app_id is not None
        ),
        check=_check(settings, session, clock),
        tokens=(own_tokens, *tokens.values()),
    )


def _environments(settings: Settings) -> tuple[Environment, ...]:
    urls = settings.dataverse_urls or (f"http://{settings.host}:{settings.port}{SANDBOX}",)
    return tuple(environment_of(url) for url in urls)


def _is_sandbox(environment: Environment) -> bool:
    return is_loopback(urlsplit(environment.url).hostname or "")


def _check(settings: Settings, session: ClientSession, clock: Clock) -> TokenCheck | None:
    if settings.app_id is None:
        return None
    return TokenCheck(SigningKeys(session, settings.openid_url, clock), settings.app_id, clock)


def _take(base: Foundation, turn_posts: TurnPosts) -> Take:
    """From an activity's JSON to a turn of the bot."""
    tenants = base.settings.tenants
    authentication = BotAuthentication(base.connector, base.check, tenants=tenants, tenant_of=tenant_of)
    adapter = TeamsAdapter(authentication)
    bot = ChatSyncBot(_doors(base, turn_posts), adapter.keep_answer)
    adapter.on_turn_error = bot.on_error

    async def take(authorization: str, body: Mapping[str, object]) -> InvokeResponse | None:
        return await adapter.take(authorization, body, bot.on_turn)

    return take


def _doors(base: Foundation, turn_posts: TurnPosts) -> Doors:
    """Everything that people can ask for in Teams."""
    gates, answering = base.gates, Answering()
    connect = ConnectChat(store=base.store, records=base.records, gates=gates, links=base.links, clock=base.clock)
    disconnect = DisconnectChat(
        store=base.store,
        records=base.records,
        administration=base.administration,
        gates=gates,
        clock=base.clock,
    )
    find = FindRecords(records=base.records, administration=base.administration, gates=gates, links=base.links)
    find_connections = FindConnections(store=base.store, find_records=find)
    commands = Commands(
        find=find,
        find_connections=find_connections,
        connect=connect,
        disconnect=disconnect,
        list_records=ListRecords(store=base.store, records=base.records, gates=gates, links=base.links),
        offer_chat=OfferChat(records=base.records, gates=gates),
    )
    unfurl = UnfurlLink(records=base.records, administration=base.administration, gates=gates, links=base.links)
    meet = MeetChat(store=base.store, administration=base.administration, links=base.links, clock=base.clock)
    base.switchboard.on_left(meet.left)
    # Only where nobody signs in and nothing is real: the Emulator's user has no Entra object id.
    anonymous = base.settings.app_id is None and base.settings.uses_own_sandbox
    return Doors(
        meet=meet,
        commands=commands,
        buttons=Buttons(links=base.links, find_connections=find_connections, connect=connect, disconnect=disconnect),
        extension=Extension(unfurl=unfurl, answering=answering),
        answering=answering,
        said=turn_posts.note,
        stand_in=_sample_administrator() if anonymous else None,
    )


def _keep_event(base: Foundation) -> KeepEvent:
    window = timedelta(seconds=base.settings.coalesce_s)
    return KeepEvent(store=base.store, administration=base.administration, clock=base.clock, window=window)


def _post_room(base: Foundation, limits: Limits) -> Sequence[Job]:
    """What works off the queues and keeps them short."""
    facts = ReadKeyFieldFacts(records=base.records, administration=base.administration)
    tell = TellKeyFields(store=base.store, read_facts=facts, links=base.links, clock=base.clock)
    deletion = TellDeletion(store=base.store, records=base.records, clock=base.clock)
    catch_up = CatchUp(
        store=base.store,
        records=base.records,
        administration=base.administration,
        links=base.links,
        clock=base.clock,
    )
    find_missed = FindMissed(
        store=base.store,
        records=base.records,
        administration=base.administration,
        links=base.links,
        clock=base.clock,
    )
    tell_lane = TellLane(
        store=base.store, tell_key_fields=tell, tell_deletion=deletion, catch_up=catch_up, clock=base.clock
    )
    send_lane = SendLane(store=base.store, teams=Sender(base.connector), clock=base.clock, limits=limits)
    wakes = base.switchboard.wakes
    return [
        Worker(Queue.INBOX, tell_lane, store=base.store, clock=base.clock, limits=limits, wake=wakes[Queue.INBOX]).run,
        Worker(
            Queue.OUTBOX, send_lane, store=base.store, clock=base.clock, limits=limits, wake=wakes[Queue.OUTBOX]
        ).run,
        SafetyNet(find_missed=find_missed, clock=base.clock).run,
        Pruner(store=base.store, clock=base.clock, keep=timedelta(days=base.settings.retention_days)).run,
    ]


def _at_work(jobs: Sequence[Job]) -> Callable[[web.Application], AsyncIterator[None]]:
    """Jobs that live as long as the application does."""

    async def at_work(_app: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(job()) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return at_work


def _listening(base: Foundation) -> Callable[[web.Application], AsyncIterator[None]]:
    async def heard(_app: web.Application) -> AsyncIterator[None]:
        async with listening(base.engines.reading, base.switchboard.tell):
            yield

    return heard


async def _close(base: Foundation) -> None:
    for tokens in base.tokens:
        await tokens.close()
    if base.check:
        await base.check.close()
    await base.session.close()
    await base.engines.close()


def _add_sandbox(app: web.Application, settings: Settings, key: str, clock: Clock) -> None:
    """Mounts the sandbox. It is imported here and not above: a bot on a real Dataverse starts without it."""
    from bot.sandbox.app import SandboxSettings, make_sandbox

    here = f"http://{settings.host}:{settings.port}"
    file = Path(settings.sandbox_file) if settings.sandbox_file else None
    webhook_url = (settings.public_url or here) + EVENTS
    sandbox = SandboxSettings(url=here + SANDBOX, webhook_url=webhook_url, webhook_key=key, file=file)
    app.add_subapp(SANDBOX, make_sandbox(sandbox, now=clock.now))


def _sample_administrator() -> ObjectId:
    from bot.sandbox.app import SAMPLE_ADMINISTRATOR

    return ObjectId(SAMPLE_ADMINISTRATOR)


def _sandbox_alone(settings: Settings) -> web.Application:
    """Only the sandbox: for bots that run in several processes."""
    key = settings.webhook_key.get_secret_value() if settings.webhook_key else ""
    app = web.Application(middlewares=[answer_errors])
    app.router.add_get("/healthz", alive)
    _add_sandbox(app, settings, key, SystemClock())
    return app
