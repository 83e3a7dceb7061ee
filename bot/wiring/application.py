"""The composition root: from settings to a running application. Only this module knows everybody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from botbuilder.core import InvokeResponse

from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.domain.public_names import CHAT_PERMISSIONS
from bot.features.graph_subscriptions.receive_notifications import HearChanges
from bot.features.key_fields.receive_event import KeepEvent
from bot.features.operations.check_health import CheckHealth
from bot.features.operations.queue_metrics import CountWaiting
from bot.handlers.activities import is_anonymous, tenant_of
from bot.handlers.bot import ChatSyncBot
from bot.logs import get_logger
from bot.store.notify import listen
from bot.teams.adapter import TeamsAdapter
from bot.teams.authentication import BotAuthentication
from bot.web.dataverse_events import dataverse_events
from bot.web.errors import error_middleware
from bot.web.graph_events import graph_events
from bot.web.health import liveness, metrics_handler, readiness
from bot.web.json_body import MAX_BYTES
from bot.web.messages import HandleActivity, messages
from bot.wiring.features import make_doors
from bot.wiring.graph_notifications import CHANGES
from bot.wiring.services import (
    DATABASE,
    EVENTS,
    NO_APP_ID,
    SANDBOX,
    Foundation,
    close,
    events_url,
    make_foundation,
    prepare,
)
from bot.wiring.workers import Job, post_room
from bot.workers.limits import Limits
from bot.workers.turn_post_log import TurnPostLog

MESSAGES = "/api/messages"

Learn = Callable[[Mapping[str, object]], Awaitable[None]]

_log = get_logger(__name__)


async def make_app(settings: Settings, *, clock: Clock | None = None, limits: Limits | None = None) -> web.Application:
    """The application, ready to be served; to be made inside the event loop. The database is brought up to date."""
    if settings.role == "sandbox":
        return _sandbox_alone(settings)
    limits = limits or Limits()
    base = await make_foundation(settings, clock or SystemClock(), graph_pace_s=limits.graph_pace_s)
    try:
        await prepare(base)
    except BaseException:
        await close(base)
        raise
    if settings.one_process:
        # Leases that are left over belong to nobody.
        async with base.store.writing() as work:
            await work.lanes.expire_leases()
    app = web.Application(middlewares=[error_middleware], client_max_size=MAX_BYTES)
    app.router.add_get("/healthz", liveness)
    app.router.add_get("/readyz", readiness(CheckHealth(base.checks, base.clock)))
    count = CountWaiting(store=base.store, clock=base.clock, require_answer=base.checks[DATABASE])
    app.router.add_get("/metrics", metrics_handler(base.metrics, count))
    learn = _add_sandbox(app, settings, base.webhook_key, base.clock) if settings.uses_own_sandbox else None
    if settings.role != "worker":
        _add_doors(app, base, limits, learn)
    if settings.role != "web":
        app.cleanup_ctx.append(_at_work(post_room(base, limits)))
    app.cleanup_ctx.append(_listening(base))
    app.on_cleanup.append(lambda _: close(base))
    return app


def _add_doors(app: web.Application, base: Foundation, limits: Limits, learn: Learn | None) -> None:
    turn_posts = TurnPostLog(store=base.store, clock=base.clock, limits=limits)
    app.router.add_post(MESSAGES, messages(_take(base, turn_posts, limits, learn)))
    app.router.add_post(EVENTS, dataverse_events(_keep_event(base), base.links, base.webhook_key))
    if base.feed:
        hear = HearChanges(store=base.store, note=base.note_chat, clock=base.clock)
        app.router.add_post(
            CHANGES, graph_events(base.feed.notices.validate, hear, base.metrics, within_s=limits.answer_within_s)
        )
    app.cleanup_ctx.append(_at_work([turn_posts.run, base.note_chat.run]))


def _take(base: Foundation, turn_posts: TurnPostLog, limits: Limits, learn: Learn | None) -> HandleActivity:
    """From an activity's JSON to a turn of the bot, after which the sandbox knows the chat too."""
    tenants = base.settings.tenants
    authentication = BotAuthentication(
        base.connector, base.check, tenants=tenants, tenant_of=tenant_of, is_anonymous=is_anonymous
    )
    adapter = TeamsAdapter(authentication)
    bot = ChatSyncBot(make_doors(base, turn_posts, limits), adapter.store_response)
    adapter.on_turn_error = bot.on_error

    async def take(authorization: str, body: Mapping[str, object]) -> InvokeResponse | None:
        answer = await adapter.process(authorization, body, bot.on_turn)
        if learn:
            await learn(body)
        return answer

    return take


def _keep_event(base: Foundation) -> KeepEvent:
    window = timedelta(seconds=base.settings.coalesce_s)
    return KeepEvent(store=base.store, administration=base.administration, clock=base.clock, window=window)


def _at_work(jobs: Sequence[Job]) -> Callable[[web.Application], AsyncIterator[None]]:
    """Jobs that live as long as the application does."""

    async def at_work(_app: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(job()) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                _log.error("a job did not come to its end", exc_info=ended)

    return at_work


def _listening(base: Foundation) -> Callable[[web.Application], AsyncIterator[None]]:
    async def heard(_app: web.Application) -> AsyncIterator[None]:
        async with listen(base.engines.reading, base.switchboard.publish):
            yield

    return heard


def _add_sandbox(app: web.Application, settings: Settings, key: str, clock: Clock) -> Learn:
    """Mounts the sandbox; gives what tells its Graph of chats that other clients have with the bot.

    It is imported here and not above: a bot on a real Dataverse starts without it.
    """
    from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox

    here = f"http://{settings.host}:{settings.port}"
    file = Path(settings.sandbox_file) if settings.sandbox_file else None
    sandbox = SandboxSettings(
        url=here + SANDBOX,
        webhook_url=events_url(settings),
        webhook_key=key,
        file=file,
        messages_url=settings.own_url + MESSAGES,
        app_id=settings.app_id or NO_APP_ID,
        app_permissions=CHAT_PERMISSIONS,
    )
    made = make_sandbox(sandbox, now=clock.now)
    app.add_subapp(SANDBOX, made)
    return made[TEAMS].learn


def _sandbox_alone(settings: Settings) -> web.Application:
    """Only the sandbox: for bots that run in several processes."""
    key = settings.webhook_key.get_secret_value() if settings.webhook_key else ""
    app = web.Application(middlewares=[error_middleware])
    app.router.add_get("/healthz", liveness)
    _add_sandbox(app, settings, key, SystemClock())
    return app
