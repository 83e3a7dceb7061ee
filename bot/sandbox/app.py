"""The sandbox as an aiohttp application to mount in another one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache

from aiohttp import ClientSession, DummyCookieJar, web

from bot.sandbox.dataverse.metadata.definitions import Definitions
from bot.sandbox.dataverse.schema.catalog import SCHEMA
from bot.sandbox.dataverse.security.callers import Callers
from bot.sandbox.dataverse.service import DATAVERSE, Dataverse
from bot.sandbox.dataverse.web_api.routes import web_api
from bot.sandbox.dataverse.webhook.sender import WebhookSender
from bot.sandbox.error_middleware import errors_as_json
from bot.sandbox.fault_answers import connector_error, dataverse_error, graph_error
from bot.sandbox.faults import SERVICES, FaultyService, inject_faults
from bot.sandbox.graph.routes import graph
from bot.sandbox.graph_notifications.notification_sender import NotificationSender
from bot.sandbox.loopback_only import require_loopback
from bot.sandbox.pages.people import PEOPLE as SAMPLE_PEOPLE
from bot.sandbox.pages.routes import add_pages
from bot.sandbox.sample_data.customizations import install
from bot.sandbox.sample_data.ids import ALEX, APPLICATION_USER_ID, ENDPOINT_ID, object_id
from bot.sandbox.sample_data.sample import sample_rows
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Changes, Rows
from bot.sandbox.storage.store import Store
from bot.sandbox.teams.activity_sender import ActivitySender
from bot.sandbox.teams.connector import connector
from bot.sandbox.teams.sample_organization import TEAMS, SampleOrganization

SAMPLE_ADMINISTRATOR = object_id(ALEX)
"""Entra object ID of the person who administers the sample organization."""


def make_sandbox(settings: SandboxSettings, *, now: Callable[[], datetime]) -> web.Application:
    """Return the sandbox application, with its pages at `/`. Starting the application opens the journal file.

    The Web API is below `/api/data/v9.2/`, Graph below `/graph/v1.0/`, and the Bot Connector below `/teams/v3/`.
    """
    app = web.Application(middlewares=[require_loopback, inject_faults, errors_as_json])
    app[SERVICES] = {
        "api": FaultyService(error_for=dataverse_error),
        "graph": FaultyService(error_for=graph_error),
        "teams": FaultyService(error_for=connector_error),
    }
    rows = sample_rows(SCHEMA)
    install(SCHEMA, rows, settings.customizations)
    store = Store(rows, settings.file)
    app[DATAVERSE] = Dataverse(
        settings=settings,
        schema=SCHEMA,
        store=store,
        callers=Callers(SCHEMA, store.rows, APPLICATION_USER_ID),
        definitions=_definitions(),
        now=now,
    )
    app[TEAMS] = SampleOrganization(settings=settings, store=store, now=now)
    app.router.add_route("*", r"/api/data/{version:v9\.[0-2]}/{path:.*}", web_api, name="api")
    app.router.add_route("*", r"/graph/{version:v1\.0}/{path:.*}", graph, name="graph")
    app.router.add_route("*", "/teams/v3/{path:.*}", connector, name="teams")
    add_pages(app)
    app.cleanup_ctx.append(_journal)
    app.cleanup_ctx.append(_senders)
    return app


@cache
def _definitions() -> Definitions:
    """Return the definitions, which never change, so that all sandboxes of the process share them."""
    return Definitions(SCHEMA)


async def _journal(app: web.Application) -> AsyncIterator[None]:
    """Open the journal for the lifetime of the application."""
    store = app[DATAVERSE].store
    await store.open()
    _set_own_endpoint(store.rows, app[DATAVERSE].settings)
    app[TEAMS].set_own_address()
    yield
    await store.close()


def _set_own_endpoint(rows: Rows, settings: SandboxSettings) -> None:
    """Set the address and key of the product's webhook from the settings, which override the journal."""
    endpoint = rows.get("serviceendpoint", ENDPOINT_ID)
    if endpoint:
        values = {**endpoint.values, "url": settings.webhook_url, "authvalue": None}
        rows.apply(Changes(put=[replace(endpoint, values=values)], version=rows.version))


async def _senders(app: web.Application) -> AsyncIterator[None]:
    """Run the webhook sender and the notification sender for the lifetime of the application."""
    dataverse = app[DATAVERSE]
    async with ClientSession(cookie_jar=DummyCookieJar(), headers={"User-Agent": "chat-sync-sandbox"}) as session:
        sender = WebhookSender(dataverse.store, session, dataverse.settings, dataverse.now)
        if dataverse.settings.messages_url:
            app[TEAMS].activity_sender = ActivitySender(session, dataverse.settings.messages_url)
        notification_sender = app[TEAMS].notification_sender = NotificationSender(
            session, dataverse.store.rows, dataverse.now
        )
        tasks = [asyncio.create_task(sender.run()), asyncio.create_task(notification_sender.run())]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


__all__ = ["SAMPLE_ADMINISTRATOR", "SAMPLE_PEOPLE", "TEAMS", "SandboxSettings", "make_sandbox"]
