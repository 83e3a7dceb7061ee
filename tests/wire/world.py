"""A running Chat Sync with everything around it: the sandbox, a connector, and a held clock."""

from dataclasses import dataclass

from aiohttp import web

from bot.http.access_tokens import NullTokens
from bot.teams.connector import Connector
from bot.teams.targeted_messages import ConnectorTargetedMessages
from bot.web.server import serving
from bot.wiring.application import make_app
from tests.wire.dataverse import DataverseSide
from tests.wire.surroundings import (
    API,
    BOT,
    CLIENT_STATE,
    EVENTS,
    GROUP,
    HURRIED,
    MESSAGES,
    OTHER_GROUP,
    PERSONAL,
    TENANT,
    UNPACED,
    WEBHOOK_KEY,
)
from tests.wire.teams import TeamsSide, buttons, texts

__all__ = [
    "API",
    "BOT",
    "CLIENT_STATE",
    "EVENTS",
    "GROUP",
    "HURRIED",
    "MESSAGES",
    "OTHER_GROUP",
    "PERSONAL",
    "TENANT",
    "UNPACED",
    "WEBHOOK_KEY",
    "World",
    "buttons",
    "texts",
]


@dataclass
class World(TeamsSide, DataverseSide):
    """The world of a story: Chat Sync, and everything that a test does to it and sees of it."""

    async def start(self) -> None:
        """Start the bot on the stored data."""
        targeted = self.settings.private_answers == "targeted" and self.knows_targeted
        replaced = {"targeted_messages": self.targeted_messages()} if targeted else {}
        traced = {"tracer": self.tracer} if self.tracer else {}
        app = await make_app(self.settings, clock=self.clock, limits=self.limits, **replaced, **traced)
        self._count_events(app)
        await self._running.enter_async_context(serving(app, self.settings.host, self.settings.port, self.limits.http))

    async def stop(self) -> None:
        """Stop the bot gracefully if it is running."""
        await self._running.aclose()

    async def restart(self) -> None:
        """Stop and start the bot."""
        await self.stop()
        await self.start()

    def targeted_messages(self) -> ConnectorTargetedMessages:
        """Return the product's client of targeted messages, for this connector instead of that of Teams."""
        connector = Connector(self.session, NullTokens(), lambda url: url == self.connector.service_url)
        return ConnectorTargetedMessages(connector, lambda url: url == self.connector.service_url)

    def _count_events(self, app: web.Application) -> None:
        """Record the status of the response to each event."""

        async def prepared(request: web.Request, response: web.StreamResponse) -> None:
            if request.path == EVENTS:
                self.event_answers.append(response.status)

        app.on_response_prepare.append(prepared)
