"""The sandbox as an aiohttp application to mount in another one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from aiohttp import ClientSession, DummyCookieJar, web

from bot.sandbox.dataverse.metadata.definitions import Definitions
from bot.sandbox.dataverse.schema.catalog import SCHEMA
from bot.sandbox.dataverse.security.callers import Callers
from bot.sandbox.dataverse.service import DATAVERSE, Dataverse
from bot.sandbox.dataverse.web_api.routes import answer
from bot.sandbox.dataverse.webhook.sender import Sender
from bot.sandbox.error_middleware import errors_as_json
from bot.sandbox.fault_answers import connector_trouble, dataverse_trouble, graph_trouble
from bot.sandbox.faults import DOORS, Door, go_wrong_on_demand
from bot.sandbox.graph.routes import graph
from bot.sandbox.graph_notifications.notification_sender import Notifying
from bot.sandbox.loopback_only import only_this_machine
from bot.sandbox.pages.routes import add_pages
from bot.sandbox.sample_data.ids import ALEX, APPLICATION_USER_ID, ENDPOINT_ID, object_id
from bot.sandbox.sample_data.sample import sample_rows
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Changes, Rows
from bot.sandbox.storage.store import Store
from bot.sandbox.teams.activity_sender import Telling
from bot.sandbox.teams.connector import connector
from bot.sandbox.teams.sample_organization import TEAMS, Teams

SAMPLE_ADMINISTRATOR = object_id(ALEX)
"""Entra object ID of the person who administers the sample organization."""


def make_sandbox(settings: SandboxSettings, *, now: Callable[[], datetime]) -> web.Application:
    """Return the sandbox application, with its pages at `/`. Starting the application opens the journal file.

    The Web API is below `/api/data/v9.2/`, Graph below `/graph/v1.0/`, and the Bot Connector below `/teams/v3/`.
    """
    app = web.Application(middlewares=[only_this_machine, go_wrong_on_demand, errors_as_json])
    app[DOORS] = {
        "api": Door(refusal=dataverse_trouble),
        "graph": Door(refusal=graph_trouble),
        "teams": Door(refusal=connector_trouble),
    }
    store = Store(sample_rows(SCHEMA), settings.file)
    app[DATAVERSE] = Dataverse(
        settings=settings,
        schema=SCHEMA,
        store=store,
        callers=Callers(SCHEMA, store.rows, APPLICATION_USER_ID),
        definitions=Definitions(SCHEMA),
        now=now,
    )
    app[TEAMS] = Teams(settings=settings, store=store, now=now)
    app.router.add_route("*", r"/api/data/{version:v9\.[0-2]}/{path:.*}", answer, name="api")
    app.router.add_route("*", r"/graph/{version:v1\.0}/{path:.*}", graph, name="graph")
    app.router.add_route("*", "/teams/v3/{path:.*}", connector, name="teams")
    add_pages(app)
    app.cleanup_ctx.append(_keep)
    app.cleanup_ctx.append(_send)
    return app


async def _keep(app: web.Application) -> AsyncIterator[None]:
    """Open the journal for the lifetime of the application."""
    store = app[DATAVERSE].store
    await store.open()
    _set_own_endpoint(store.rows, app[DATAVERSE].settings)
    yield
    await store.close()


def _set_own_endpoint(rows: Rows, settings: SandboxSettings) -> None:
    """Set the address and key of the product's webhook from the settings, which override the journal."""
    endpoint = rows.get("serviceendpoint", ENDPOINT_ID)
    if endpoint:
        values = {**endpoint.values, "url": settings.webhook_url, "authvalue": None}
        rows.apply(Changes(put=[replace(endpoint, values=values)], version=rows.version))


async def _send(app: web.Application) -> AsyncIterator[None]:
    """Run the webhook sender and the notification sender for the lifetime of the application."""
    dataverse = app[DATAVERSE]
    async with ClientSession(cookie_jar=DummyCookieJar(), headers={"User-Agent": "chat-sync-sandbox"}) as session:
        sender = Sender(dataverse.store, session, dataverse.settings, dataverse.now)
        if dataverse.settings.messages_url:
            app[TEAMS].telling = Telling(session, dataverse.settings.messages_url)
        notifying = app[TEAMS].notifying = Notifying(session, dataverse.store.rows, dataverse.now)
        tasks = [asyncio.create_task(sender.run()), asyncio.create_task(notifying.run())]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


__all__ = ["SAMPLE_ADMINISTRATOR", "TEAMS", "SandboxSettings", "make_sandbox"]
