"""A bot in production configuration: an app ID, tokens over TLS, and the real Graph, which tests cannot reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from bot.config.settings import Settings
from tests.fakes.sign_in import FakeSignIn
from tests.tcp_ports import free_port
from tests.wire.world import CLIENT_STATE, GROUP, WEBHOOK_KEY, World


def production_settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        **sign_in.settings(),
        public_url="https://bot.example.com",
        graph_client_state=SecretStr(CLIENT_STATE),
    )


@asynccontextmanager
async def in_production(world: World, sign_in: FakeSignIn) -> AsyncIterator[World]:
    """Run the bot in a group chat. All activities of the test have a valid token unless the test says otherwise."""
    await world.start()
    world.headers["Authorization"] = sign_in.bearer(world.connector.service_url)
    await world.add_bot(GROUP)
    yield world
    await world.settle()
    await world.stop()
