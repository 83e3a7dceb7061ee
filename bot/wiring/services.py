"""What everything else stands on: the database, the pool of connections, Dataverse and Teams.

It belongs to the composition root: only its other modules use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from secrets import token_urlsafe
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config import Settings
from bot.dataverse.application_user import ApplicationUser
from bot.dataverse.client import DataverseClient, create_client
from bot.dataverse.customizations import DataverseDefinitions
from bot.dataverse.notes_and_tasks import DataverseNotesAndTasks
from bot.dataverse.record_people import DataverseRecordPeople
from bot.dataverse.record_writes import DataverseRecordWrites
from bot.dataverse.records import DataverseRecords
from bot.dataverse.webhook_steps import DataverseWebhookSteps
from bot.domain.errors import ChatSyncError
from bot.domain.hosts import is_loopback
from bot.domain.public_names import CHAT_PERMISSIONS
from bot.domain.record_links import RecordLinks, parse_environment
from bot.domain.values import Environment, EnvironmentId
from bot.features.chat_sync.record_activity import NoteChat
from bot.features.key_fields.webhook_registration import RegisterEvents
from bot.features.operations.check_health import Check
from bot.features.shared.access import Gates
from bot.graph.app_installation import AppInstaller
from bot.graph.chat_throttle import INTERVAL_S, ChatThrottle
from bot.graph.chats import GraphChats
from bot.graph.client import GraphClient
from bot.graph.people import GraphPeople
from bot.http.access_tokens import CachedTokens, Tokens
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.http.session import create_session
from bot.metrics import Metrics
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines, require_answer
from bot.store.migrate import migrate, require_up_to_date
from bot.store.unit_of_work import Store
from bot.teams.connector import SCOPE, Connector
from bot.teams.inbound_token import TokenValidator
from bot.teams.roster import ConnectorRoster
from bot.wiring.credentials import bot_tokens, dataverse_tokens, graph_tokens
from bot.wiring.graph_notifications import Feed, make_feed, read_seal
from bot.workers.wakeups import EventHub

EVENTS = "/api/dataverse/events"
SANDBOX = "/sandbox"
GRAPH = "https://graph.microsoft.com/v1.0"
NO_APP_ID = "00000000-0000-0000-0000-000000000000"
"""Stands in the sandbox's catalog of apps for that of a bot that has none."""
DATABASE = "database"
"""What the database is called among the checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What everything else stands on."""

    settings: Settings
    clock: Clock
    session: ClientSession
    engines: Engines
    store: Store
    administration: Administration
    switchboard: EventHub
    links: RecordLinks
    note_chat: NoteChat
    dataverse: Mapping[EnvironmentId, DataverseClient]
    feed: Feed | None
    """None where Microsoft Graph does not tell of changes."""
    records: DataverseRecords
    directory: GraphPeople
    chat_directory: GraphChats
    ties: DataverseRecordPeople
    attaching: DataverseNotesAndTasks
    record_writes: DataverseRecordWrites
    event_steps: DataverseWebhookSteps
    application_user: ApplicationUser
    webhook_key: str
    """What Dataverse's events carry; made up at each start where none is set, which only the sandbox can follow."""
    definitions: DataverseDefinitions
    connector: Connector
    check: TokenValidator | None
    """None where nobody signs in."""
    tokens: tuple[Tokens, ...]
    metrics: Metrics

    @property
    def checks(self) -> Mapping[str, Check]:
        """How to ask everything that is not the process itself."""
        checks: dict[str, Check] = {DATABASE: partial(require_answer, self.engines)}
        for each in self.links.environments:
            checks[f"dataverse {each.id}"] = partial(self.records.require_answer, each.id)
        if self.settings.app_id:
            checks["sign-in to Teams"] = partial(self.tokens[0].get, SCOPE)
        return checks

    @property
    def register_events(self) -> RegisterEvents:
        """Has Dataverse tell of changes."""
        return RegisterEvents(
            steps=self.event_steps,
            records=self.records,
            administration=self.administration,
            store=self.store,
            clock=self.clock,
        )

    @property
    def gates(self) -> Gates:
        """What has to be so before somebody may act."""
        roster = ConnectorRoster(self.connector)
        return Gates(
            environments=[each.id for each in self.links.environments],
            administration=self.administration,
            records=self.records,
            roster=roster,
        )


async def make_foundation(settings: Settings, clock: Clock, *, graph_pace_s: float = INTERVAL_S) -> Foundation:
    """Builds it inside the event loop; nobody is called yet. Calls of Graph on one chat are so many seconds apart."""
    # First, for it can fail.
    seal = read_seal(settings)
    engines = create_engines(settings.database_url)
    session = create_session(settings.ca_file)
    metrics = Metrics()
    switchboard = EventHub()
    environments = _environments(settings)
    own_tokens = bot_tokens(settings, session, clock)
    tokens = {each.id: dataverse_tokens(settings, each.url, session, clock) for each in environments}
    clients = {each.id: create_client(each, session, tokens[each.id], metrics) for each in environments}
    graph_url = _graph_url(settings)
    graph_signs = graph_tokens(settings, graph_url, session, clock)
    graph = GraphClient(graph_url, session, graph_signs, metrics, ChatThrottle(clock, graph_pace_s))
    records = DataverseRecords(clients, clock)
    key = settings.webhook_key.get_secret_value() if settings.webhook_key else token_urlsafe(32)
    administration = Administration(engines)
    switchboard.on_settings_saved(administration.invalidate)
    store = Store(engines, switchboard.publish)
    installing = _installing(settings, graph)
    base = Foundation(
        settings=settings,
        clock=clock,
        session=session,
        engines=engines,
        store=store,
        switchboard=switchboard,
        administration=administration,
        links=RecordLinks(environments=environments, open_pattern=settings.open_link),
        directory=GraphPeople(graph, frozenset(settings.teams_plans)),
        chat_directory=GraphChats(graph, installing),
        note_chat=NoteChat(store=store, administration=administration, clock=clock),
        dataverse=clients,
        feed=make_feed(settings, session, clock, graph=graph, installing=installing, seal=seal),
        records=records,
        ties=DataverseRecordPeople(clients, records, clock),
        attaching=DataverseNotesAndTasks(clients, records.tables),
        webhook_key=key,
        record_writes=DataverseRecordWrites(clients, records.tables),
        application_user=ApplicationUser(clients),
        event_steps=DataverseWebhookSteps(clients, records, url=events_url(settings), key=key),
        definitions=DataverseDefinitions(clients, records.tables, clock),
        connector=Connector(
            session, own_tokens, frozenset(settings.service_hosts), signed_in=settings.app_id is not None
        ),
        check=_check(settings, session, clock),
        tokens=(own_tokens, graph_signs, *tokens.values()),
        metrics=metrics,
    )
    _count_sign_ins(base)
    return base


def _count_sign_ins(base: Foundation) -> None:
    kept = [each for each in base.tokens if isinstance(each, CachedTokens)]
    base.metrics.held.set_function(lambda: base.note_chat.held)
    base.metrics.count(
        "chatsync_token_calls", "Calls to token services", lambda: sum(each.fetch_count for each in kept)
    )
    check = base.check
    if check:
        base.metrics.count(
            "chatsync_tokens_remembered", "Requests whose token was known to be good", lambda: check.cached_count
        )
        base.metrics.count(
            "chatsync_tokens_verified", "Requests whose token was verified", lambda: check.verified_count
        )


def _environments(settings: Settings) -> tuple[Environment, ...]:
    urls = settings.dataverse_urls or (f"http://{settings.host}:{settings.port}{SANDBOX}",)
    return tuple(parse_environment(url) for url in urls)


def _graph_url(settings: Settings) -> str:
    """Where Graph is: where it is said to be, else the real one for a bot with an app id, else beside the sandbox."""
    if settings.graph_url or settings.app_id:
        return settings.graph_url or GRAPH
    own = f"http://{settings.host}:{settings.port}{SANDBOX}"
    return f"{settings.dataverse_urls[0] if settings.dataverse_urls else own}/graph/v1.0"


def _installing(settings: Settings, graph: GraphClient) -> AppInstaller:
    app_id = settings.app_id or NO_APP_ID
    return AppInstaller(graph, app_id=app_id, catalog_id=settings.catalog_app_id, permissions=CHAT_PERMISSIONS)


def events_url(settings: Settings) -> str:
    """Where Dataverse sends its events."""
    return settings.own_url + EVENTS


def _is_sandbox(environment: Environment) -> bool:
    return is_loopback(urlsplit(environment.url).hostname or "")


def _check(settings: Settings, session: ClientSession, clock: Clock) -> TokenValidator | None:
    if settings.app_id is None:
        return None
    return TokenValidator(JwtVerifier(SigningKeys(session, settings.openid_url, clock), settings.app_id, clock))


async def prepare(base: Foundation) -> None:
    """Brings the database up to date and reads from it what is held in memory; raises `Unavailable`."""
    await require_answer(base.engines)
    await migrate(base.engines.writing)
    await _read_settings(base)


async def look_at_settings(base: Foundation) -> bool:
    """Reads what is held in memory, as far as the database can be read as it is; whether it could."""
    try:
        await require_answer(base.engines)
        await require_up_to_date(base.engines.writing)
        await _read_settings(base)
    except ChatSyncError:
        return False
    return True


async def _read_settings(base: Foundation) -> None:
    # In the sandbox chats are on, elsewhere an administrator turns them on (spec S1).
    await base.administration.initialize({each.id: _is_sandbox(each) for each in base.links.environments})


async def close(base: Foundation) -> None:
    """Lets go of everything."""
    for tokens in base.tokens:
        await tokens.close()
    if base.check:
        await base.check.close()
    if base.feed:
        await base.feed.close()
    await base.session.close()
    await base.engines.close()
