"""Build the application from the settings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from botbuilder.core import InvokeResponse

from bot.clock import Clock, SystemClock
from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.domain.record_links import parse_environment
from bot.features.graph_subscriptions.receive_notifications import receive_notifications
from bot.features.operations.check_health import CheckHealth
from bot.features.operations.queue_metrics import QueueMetrics
from bot.handlers.activities import is_anonymous_in_json, tenant_ids_in_json
from bot.handlers.bot import ChatSyncBot
from bot.handlers.turn_handlers import Handlers, build_handlers
from bot.logs import get_logger
from bot.pane.door import PaneCards
from bot.store.notify import listen
from bot.teams.adapter import TeamsAdapter
from bot.teams.authentication import BotAuthentication, Caller
from bot.tracing import Tracer
from bot.web.dataverse_events import dataverse_events
from bot.web.errors import error_middleware
from bot.web.graph_events import graph_events
from bot.web.health import liveness, metrics_handler, readiness
from bot.web.loopback_only import loopback_only
from bot.web.messages import messages
from bot.web.public_pages import public_pages
from bot.web.tracing import tracing_middleware
from bot.wiring.features import FEATURES
from bot.wiring.graph_notifications import NOTIFICATIONS_PATH
from bot.wiring.pane import build_pane, sandbox_pages
from bot.wiring.pane_files import preinstalled_pane
from bot.wiring.services import (
    DATABASE,
    Runtime,
    build_runtime,
    close,
    migrate_and_load,
)
from bot.wiring.system_addresses import EVENTS_PATH, NO_APP_ID, PANE_PATH, SANDBOX_PATH, events_url
from bot.wiring.workers import Job, build_workers
from bot.workers.turn_post_log import TurnPostLog

MESSAGES_PATH = "/api/messages"
MAX_SANDBOX_BYTES = 2_000_000
"""Maximum bytes of a body for the sandbox. The routes of the bot have limits of their own."""

ObserveChat = Callable[[Mapping[str, object]], Awaitable[None]]

_log = get_logger(__name__)


async def make_app(
    settings: Settings, *, clock: Clock | None = None, limits: Limits | None = None, **replacements: Any
) -> web.Application:
    """Build the application inside the event loop, and bring the database up to date.

    `replacements`: services to use instead of the built ones, by the field names of `Services`.
    """
    clock = clock or SystemClock()
    if settings.role == "sandbox":
        return _sandbox_alone(settings, clock)
    runtime = await build_runtime(settings, clock, limits or Limits(), **replacements)
    try:
        await migrate_and_load(runtime)
    except BaseException:
        await close(runtime)
        raise
    if settings.one_process:
        # No other process can hold the leases of an earlier run.
        async with runtime.services.store.writing() as work:
            await work.lanes.expire_leases()
    app = web.Application(
        middlewares=_middlewares(settings, runtime.services.tracer), client_max_size=MAX_SANDBOX_BYTES
    )
    observe = _add_sandbox(app, settings, _sandbox_key(runtime), clock) if settings.uses_own_sandbox else None
    _add_operator_routes(app, runtime)
    if settings.role != "worker":
        _add_routes(app, runtime, observe)
    if settings.role != "web":
        app.cleanup_ctx.append(_run_jobs(build_workers(runtime)))
    app.cleanup_ctx.append(_listen_for_events(runtime))
    app.on_cleanup.append(lambda _: close(runtime))
    return app


def _middlewares(settings: Settings, tracer: Tracer) -> Sequence[Middleware]:
    """Return what every request passes. Without an app ID, nothing else keeps web pages out."""
    tracing = [tracing_middleware(tracer, untraced=SANDBOX_PATH)] if tracer.is_on else []
    return [*tracing, error_middleware] if settings.app_id else [*tracing, error_middleware, loopback_only]


def _add_operator_routes(app: web.Application, runtime: Runtime) -> None:
    services = runtime.services
    read_stored = QueueMetrics(store=services.store, clock=services.clock, check_database=runtime.checks[DATABASE])
    check_health = CheckHealth(runtime.checks, services.clock)
    app.router.add_get("/healthz", liveness)
    app.router.add_get("/readyz", readiness(check_health))
    app.router.add_get("/metrics", metrics_handler(runtime.metrics, read_stored, check_health))


def _add_routes(app: web.Application, runtime: Runtime, observe: ObserveChat | None) -> None:
    services, notifications = runtime.services, runtime.graph_notifications
    turn_posts = TurnPostLog(store=services.store, clock=services.clock, limits=services.limits)
    for path, page in public_pages(SANDBOX_PATH if runtime.settings.uses_own_sandbox else None).items():
        app.router.add_get(path, page)
    handlers = build_handlers(
        services,
        FEATURES,
        chat_registry=runtime.chat_registry,
        activity_recorder=runtime.activity_recorder,
        on_reply=turn_posts.record,
    )
    entra, tokens = runtime.entra_sign_in, runtime.tab_tokens
    pane = build_pane(runtime.settings, services, _pane_cards(handlers), tab_tokens=tokens, entra=entra)
    app.add_subapp(PANE_PATH, pane)
    app.router.add_post(MESSAGES_PATH, _messages(runtime, handlers, observe))
    app.router.add_post(EVENTS_PATH, dataverse_events(services, runtime.webhook_keys))
    if notifications:
        receive = partial(receive_notifications, services, runtime.activity_recorder)
        app.router.add_post(
            NOTIFICATIONS_PATH, graph_events(notifications.validator, receive, runtime.metrics, services.limits)
        )
    app.cleanup_ctx.append(_run_jobs([turn_posts.run, runtime.activity_recorder.run]))


def _pane_cards(handlers: Handlers) -> PaneCards:
    """Return the dialogs and buttons of the bot, for the pane."""
    dialogs, buttons = handlers.dialogs, handlers.buttons
    return PaneCards(page=dialogs.page, press=buttons.press, find_choices=dialogs.find_choices)


def _messages(runtime: Runtime, handlers: Handlers, observe: ObserveChat | None) -> Handler:
    """Return the handler that answers an activity, and then reports the chat to the sandbox."""
    authentication = BotAuthentication(
        runtime.connector,
        runtime.token_validator,
        tenants=runtime.settings.tenants,
        tenants_of=tenant_ids_in_json,
        is_anonymous=is_anonymous_in_json,
    )
    adapter = TeamsAdapter(authentication)
    bot = ChatSyncBot(handlers, adapter.store_response)
    adapter.on_turn_error = bot.on_error

    async def handle(caller: Caller, body: Mapping[str, object]) -> InvokeResponse | None:
        answer = await adapter.process(caller, body, bot.on_turn)
        if observe:
            await observe(body)
        return answer

    within_s = runtime.services.limits.http.body_within_s
    return messages(authentication.authenticate, handle, body_within_s=within_s)


def _run_jobs(jobs: Sequence[Job]) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return a context that runs the jobs as long as the application lives."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(job()) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                _log.error("worker.stopped_with_error", exc_info=result)

    return run


def _listen_for_events(runtime: Runtime) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return a context that publishes the store's events of other processes."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        async with listen(runtime.engines.reading, runtime.event_hub.publish):
            yield

    return run


def _sandbox_key(runtime: Runtime) -> str:
    return runtime.webhook_keys.current(runtime.services.environments[0])


def _add_sandbox(app: web.Application, settings: Settings, key: str, clock: Clock) -> ObserveChat:
    """Mount the sandbox; return the function that reports chats of other clients to its Graph.

    The import is local, because a bot on a real Dataverse starts without the sandbox.
    """
    from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox

    here = f"http://{settings.host}:{settings.port}"
    file = Path(settings.sandbox_file) if settings.sandbox_file else None
    sandbox = SandboxSettings(
        url=here + SANDBOX_PATH,
        webhook_url=events_url(settings),
        webhook_key=key,
        file=file,
        messages_url=settings.own_url + MESSAGES_PATH,
        app_id=settings.app_id or NO_APP_ID,
        app_permissions=settings.chat_permissions,
        manifest=_local_manifest(settings),
        customizations=preinstalled_pane(settings, parse_environment(here + SANDBOX_PATH)),
        product_pages=sandbox_pages(settings),
    )
    mounted = make_sandbox(sandbox, now=clock.now)
    app.add_subapp(SANDBOX_PATH, mounted)
    return mounted[TEAMS].observe


def _local_manifest(settings: Settings) -> Mapping[str, Any]:
    """Return the manifest for a bot on this machine, which the sandbox's chats take the commands from."""
    from manifest.document import document
    from manifest.options import PackageOptions

    app_id = settings.app_id or NO_APP_ID
    website = "https://localhost"
    return document(
        PackageOptions(
            app_id=app_id,
            sign_in_app_id=app_id,
            domain="localhost",
            website=website,
            environments=(),
            version="1.0.0",
            message_events=settings.message_events,
        )
    )


def _sandbox_alone(settings: Settings, clock: Clock) -> web.Application:
    """Build only the sandbox, for bots that run in several processes."""
    key = next(iter(settings.webhook_keys), "")
    app = web.Application(middlewares=[error_middleware, loopback_only])
    app.router.add_get("/healthz", liveness)
    _add_sandbox(app, settings, key, clock)
    return app
