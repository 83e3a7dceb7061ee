"""Build the services and everything else that a process opens and closes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import zip_longest
from secrets import token_urlsafe
from typing import Any

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config.settings import Settings
from bot.dataverse.application_user import ApplicationUser
from bot.dataverse.chat_activity_rows import DataverseChatActivityRows
from bot.dataverse.client import DataverseClient, create_client
from bot.dataverse.customizations import DataverseDefinitions
from bot.dataverse.notes_and_tasks import DataverseNotesAndTasks
from bot.dataverse.pane_installer import DataversePaneInstaller
from bot.dataverse.record_people import DataverseRecordPeople
from bot.dataverse.record_writes import DataverseRecordWrites
from bot.dataverse.records import DataverseRecords
from bot.dataverse.teams_associations import DataverseTeamsAssociations
from bot.dataverse.teams_collaborations import DataverseTeamsCollaborations
from bot.dataverse.webhook_steps import DataverseWebhookSteps
from bot.domain.errors import ChatSyncError
from bot.domain.limits import Limits
from bot.domain.record_links import RecordLinks
from bot.domain.values import Environment, EnvironmentId, ObjectId
from bot.domain.webhook_keys import WebhookKeys
from bot.features.chat_sync.record_activity import ActivityRecorder
from bot.features.connections.register_chat import ChatRegistry
from bot.features.notifications.view_live_card import live_view_cache
from bot.features.operations.check_health import Check
from bot.features.shared.language_memory import language_memory
from bot.features.shared.roster_cache import RosterCache
from bot.features.shared.services import Services
from bot.graph.app_installation import AppInstaller
from bot.graph.chat_throttle import ChatThrottle
from bot.graph.chats import GraphChats
from bot.graph.client import GraphClient
from bot.graph.people import GraphPeople
from bot.http.access_tokens import Tokens
from bot.http.entra_sign_in import EntraSignIn
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.http.session import create_session
from bot.metrics import Metrics
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines, require_answer
from bot.store.migrate import migrate, require_up_to_date
from bot.store.unit_of_work import Store
from bot.teams.chat_messages import ConnectorChatMessages
from bot.teams.connector import SCOPE, Connector
from bot.teams.inbound_token import TokenValidator
from bot.teams.roster import ConnectorRoster
from bot.teams.tab_token import TabTokens
from bot.teams.targeted_messages import ConnectorTargetedMessages
from bot.wiring.credentials import bot_tokens, dataverse_tokens, graph_tokens
from bot.wiring.graph_notifications import GraphNotifications, build_graph_notifications, load_certificate_file
from bot.wiring.metrics import register_metrics
from bot.wiring.pane_sign_in import build_entra_sign_in
from bot.wiring.pane_tokens import build_tab_tokens, tenant_keys
from bot.wiring.service_urls import service_urls, targeted_urls
from bot.wiring.system_addresses import NO_APP_ID, configured_environments, events_url, graph_base_url, is_sandbox
from bot.wiring.tracing import build_tracer
from bot.workers.rate_limiter import RateLimiter
from bot.workers.wakeups import EventHub

DATABASE = "database"
"""Name of the check of the database."""
SIGN_IN_TO_TEAMS = "sign-in to Teams"
"""Name of the check that the bot gets a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything that is built from the settings: the services, and the resources that `close` releases."""

    settings: Settings
    services: Services
    session: ClientSession
    engines: Engines
    event_hub: EventHub
    dataverse: Mapping[EnvironmentId, DataverseClient]
    application_user: ApplicationUser
    graph_notifications: GraphNotifications | None
    """None if Microsoft Graph sends no notifications."""
    chat_registry: ChatRegistry
    activity_recorder: ActivityRecorder
    connector: Connector
    app_installer: AppInstaller
    tab_tokens: TabTokens | None
    """None without an app ID."""
    entra_sign_in: EntraSignIn | None
    """None without an app ID, and while settings are missing."""
    token_validator: TokenValidator | None
    """None without an app ID: callers are not authenticated."""
    tokens: tuple[Tokens, ...]
    webhook_keys: WebhookKeys
    """The secrets of Dataverse's events; by default a random one at each start, which only the sandbox gets."""
    metrics: Metrics

    @property
    def graph_tokens(self) -> Tokens:
        """The tokens for Microsoft Graph."""
        return self.tokens[1]

    @property
    def checks(self) -> Mapping[str, Check]:
        """The checks that each dependency responds, by name."""
        checks: dict[str, Check] = {DATABASE: partial(require_answer, self.engines)}
        for each in self.services.environments:
            checks[f"dataverse {each}"] = partial(self.services.records.require_answer, each)
        if self.settings.app_id:
            checks[SIGN_IN_TO_TEAMS] = partial(self.tokens[0].get, SCOPE)
        return checks


async def build_runtime(settings: Settings, clock: Clock, limits: Limits, **replacements: Any) -> Runtime:
    """Build everything inside the event loop, without calling any system.

    `replacements`: services to use instead of the built ones, by the field names of `Services`.
    """
    # First, because it can fail.
    certificate = load_certificate_file(settings)
    tracer = replacements.get("tracer") or build_tracer(settings)
    engines = create_engines(settings.database_url)
    session = create_session(settings.ca_file)
    metrics, event_hub = Metrics(), EventHub()
    environments = configured_environments(settings)
    own_tokens = bot_tokens(settings, session, clock)
    tokens = {each.id: dataverse_tokens(settings, each.url, session, clock) for each in environments}
    clients = {each.id: create_client(each, session, tokens[each.id], metrics) for each in environments}
    graph_url = graph_base_url(settings)
    graph_sign_in = graph_tokens(settings, graph_url, session, clock)
    graph = GraphClient(graph_url, session, graph_sign_in, metrics, ChatThrottle(clock, limits.graph_pace_s))
    app_installer = _app_installer(settings, graph)
    connector = Connector(session, own_tokens, service_urls(settings, environments))
    webhook_keys = _webhook_keys(settings, environments)
    administration = Administration(engines)
    event_hub.on_settings_saved(administration.invalidate)
    store = Store(engines, event_hub.publish)
    links = RecordLinks(environments=environments, open_pattern=settings.open_link)
    roster = replacements.get("roster") or ConnectorRoster(connector)
    people_keys = tenant_keys(settings, session, clock)
    records, throttled = DataverseRecords(clients, clock), _throttled(clients, limits, store, clock)
    services = Services(
        clock=clock,
        limits=limits,
        store=store,
        administration=administration,
        links=links,
        records=records,
        record_writes=DataverseRecordWrites(clients, records.tables),
        record_people=DataverseRecordPeople(clients, records, clock),
        notes_and_tasks=DataverseNotesAndTasks(clients, records.tables),
        customizations=DataverseDefinitions(clients, records.tables, clock),
        collaborations=DataverseTeamsCollaborations(clients, clock),
        webhook_steps=DataverseWebhookSteps(clients, records, url=events_url(settings), keys=webhook_keys),
        pane_installer=DataversePaneInstaller(clients, records),
        chat_rows=DataverseChatActivityRows(throttled, records.tables),
        associations=DataverseTeamsAssociations(throttled),
        directory=GraphPeople(graph, frozenset(settings.teams_plans)),
        chats=GraphChats(graph, app_installer),
        chat_messages=ConnectorChatMessages(connector),
        targeted_messages=ConnectorTargetedMessages(connector, targeted_urls(settings, environments))
        if settings.private_answers == "targeted"
        else None,
        roster=roster,
        roster_cache=RosterCache(
            roster=roster,
            clock=clock,
            # A person who pastes a link must not wait long for a small improvement of its card.
            turn_timeout_s=limits.answer_within_s / 5,
            worker_timeout_s=limits.answer_within_s,
        ),
        live_views=live_view_cache(clock),
        languages=language_memory(clock),
        coalescing_window=timedelta(seconds=settings.coalesce_s),
        message_events=settings.message_events,
        emulator_user=_emulator_user(settings),
        tracer=tracer,
    )
    services = replace(services, **replacements)
    runtime = Runtime(
        settings=settings,
        services=services,
        session=session,
        engines=engines,
        event_hub=event_hub,
        dataverse=clients,
        application_user=ApplicationUser(clients),
        graph_notifications=build_graph_notifications(
            settings, session, clock, graph=graph, app_installer=app_installer, certificate=certificate
        ),
        chat_registry=ChatRegistry(
            store=services.store, administration=administration, links=services.links, clock=clock
        ),
        activity_recorder=ActivityRecorder(store=services.store, administration=administration, clock=clock),
        connector=connector,
        app_installer=app_installer,
        tab_tokens=build_tab_tokens(settings, people_keys, clock),
        entra_sign_in=build_entra_sign_in(settings, session, people_keys, clock),
        token_validator=_token_validator(settings, session, clock),
        tokens=(own_tokens, graph_sign_in, *tokens.values()),
        webhook_keys=webhook_keys,
        metrics=metrics,
    )
    event_hub.on_chat_left(runtime.chat_registry.forget)
    register_metrics(
        metrics, services, tokens=runtime.tokens, recorder=runtime.activity_recorder, validator=runtime.token_validator
    )
    return runtime


def _throttled(
    clients: Mapping[EnvironmentId, DataverseClient], limits: Limits, store: Store, clock: Clock
) -> Mapping[EnvironmentId, DataverseClient]:
    """Return clients that write chat rows at the pace of the limits (spec Y4)."""
    if limits.sync is None:
        return clients
    limiter = RateLimiter(limits.sync, store=store, clock=clock)
    return {name: each.throttled(limiter.limiter(f"sync {name}")) for name, each in clients.items()}


def _emulator_user(settings: Settings) -> ObjectId | None:
    """Return the sample administrator if there is neither sign-in nor a real environment. The Emulator sends no ID."""
    if settings.app_id is not None or not settings.uses_own_sandbox:
        return None
    from bot.sandbox.app import SAMPLE_ADMINISTRATOR

    return ObjectId(SAMPLE_ADMINISTRATOR)


def _webhook_keys(settings: Settings, environments: Sequence[Environment]) -> WebhookKeys:
    """Return the current and previous keys of each environment. The settings list them in the same order."""
    current = settings.webhook_keys or [token_urlsafe(32) for _ in environments]
    keys = zip_longest(current, settings.previous_webhook_keys, fillvalue="")
    return WebhookKeys(
        {environment.id: tuple(filter(None, both)) for environment, both in zip(environments, keys, strict=True)}
    )


def _app_installer(settings: Settings, graph: GraphClient) -> AppInstaller:
    app_id, permissions = settings.app_id or NO_APP_ID, settings.chat_permissions
    return AppInstaller(graph, app_id=app_id, catalog_id=settings.catalog_app_id, permissions=permissions)


def _token_validator(settings: Settings, session: ClientSession, clock: Clock) -> TokenValidator | None:
    if settings.app_id is None:
        return None
    return TokenValidator(JwtVerifier(SigningKeys(session, settings.openid_url, clock), settings.app_id, clock))


async def migrate_and_load(runtime: Runtime) -> None:
    """Migrate the database and load the settings into memory; raise `Unavailable`."""
    await require_answer(runtime.engines)
    await migrate(runtime.engines.writing)
    await _load_settings(runtime)


async def load_settings_if_migrated(runtime: Runtime) -> bool:
    """Load the settings if the database has the current schema; return whether it could."""
    try:
        await require_answer(runtime.engines)
        await require_up_to_date(runtime.engines.writing)
        await _load_settings(runtime)
    except ChatSyncError:
        return False
    return True


async def _load_settings(runtime: Runtime) -> None:
    # In the sandbox chats are on, elsewhere an administrator turns them on (spec S1).
    await runtime.services.administration.initialize(
        {each.id: is_sandbox(each) for each in runtime.services.links.environments}
    )


async def close(runtime: Runtime) -> None:
    """Release all resources."""
    await runtime.services.roster_cache.close()
    for tokens in runtime.tokens:
        await tokens.close()
    for each in (runtime.token_validator, runtime.tab_tokens, runtime.entra_sign_in, runtime.graph_notifications):
        if each:
            await each.close()
    await runtime.session.close()
    if runtime.services.tracer.is_on:
        # In a thread: it waits for the collector.
        await asyncio.to_thread(runtime.services.tracer.close)
    await runtime.engines.close()
