"""Secrets are replaced while changes, messages, and cards flow, with the steps of the documentation (spec O4).

Afterward, each change has its card, in order and exactly once. The steps are in `docs/operators.md`, *Rotate secrets*.
"""

from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url
from structlog.testing import capture_logs

from bot.domain.errors import Unavailable
from bot.store.engine import create_engines, require_answer
from bot.store.tables import signing_key
from bot.wiring.command_line import run_command
from tests.fakes.certificates import Certificates, make_certificates
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.fakes.postgres import PostgresCluster
from tests.fakes.sign_in import FakeSignIn
from tests.process.fleet import BOTS, Fleet
from tests.process.stream import CASES, Stream
from tests.steps.changes import subscriptions_in_graph
from tests.steps.saved_messages import open_dialog, submit
from tests.wire.opening import open_world, world_settings
from tests.wire.world import EVENTS, WEBHOOK_KEY, World

pytestmark = [pytest.mark.databases("postgresql"), pytest.mark.full]

IN_CATALOG = "00000005-0000-4000-9000-000000000001"
"""The ID of the app in the sandbox's catalog."""
NEW_KEY = "the-next-key-that-nobody-guesses"


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


@pytest.fixture
async def world(
    database_url: str, connector: FakeConnector, clock: HeldClock, sign_in: FakeSignIn
) -> AsyncIterator[World]:
    """Open a world whose bots sign in to Teams. Their Dataverse and Graph are those of the sandbox."""
    settings = world_settings(database_url)
    graph = {"graph_url": f"{settings.dataverse_urls[0]}/graph/v1.0", "catalog_app_id": IN_CATALOG}
    async with open_world(settings.model_copy(update={**sign_in.settings(), **graph}), connector, clock) as opened:
        opened.headers["Authorization"] = sign_in.bearer(connector.service_url)
        yield opened


@pytest.fixture
async def fleet(world: World) -> AsyncIterator[Fleet]:
    made = Fleet(world)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def stream(world: World, fleet: Fleet) -> Stream:
    made = Stream(world, world.engines)
    await made.prepare()
    return made


async def connect(world: World) -> None:
    """Run `python app.py dataverse connect`."""
    arguments = Namespace(command="dataverse", act="connect", environment=None, dry_run=False)
    settings = world.settings.model_copy(update={"public_url": world.url})
    assert await run_command(settings, arguments, lambda _line: None) == 0


async def test_a_webhook_key_and_the_key_of_signatures(world: World, fleet: Fleet, stream: Stream) -> None:
    async with stream.running():
        page = (await open_dialog(world)).step("Save", words=CASES[0])
        await stream.flows()
        await fleet.roll(webhook_key=SecretStr(NEW_KEY), webhook_key_previous=SecretStr(WEBHOOK_KEY))
        # Dataverse has sent these events with the old key when it gets the new one.
        fleet.held.clear()
        await world.until(lambda: fleet.on_their_way > 0)
        await connect(world)
        fleet.held.set()
        await stream.flows()
        async with stream.paused():
            world.clock.advance(7 * 24 * 3600)
        await fleet.roll(webhook_key_previous=None)
        await stream.flows()
        # The keys of signatures are of different weeks, and both are valid.
        later = (await open_dialog(world)).step("Save", words=CASES[0])
        assert (await submit(world, page)).startswith("Saved")
        assert (await submit(world, later)).startswith("Saved")
    assert len(await world.rows_in(signing_key)) == 2
    assert fleet.refused(EVENTS) == []
    assert (await world.tell({}))[0] == 401


async def test_a_client_state(world: World, fleet: Fleet, stream: Stream) -> None:
    new, old = SecretStr("the-next-state-that-nobody-guesses"), world.settings.graph_client_state
    with capture_logs() as logs:
        async with stream.running(rename=True):
            await renamed(stream)
            # First, all processes accept the new one, and then they use it.
            await fleet.roll(graph_client_state_previous=new)
            await fleet.roll(graph_client_state=new, graph_client_state_previous=old)
            await world.until(lambda: states_in_graph(world) == {new.get_secret_value()})
            await renamed(stream)
            await fleet.roll(graph_client_state_previous=None)
            await renamed(stream)
    assert [each for each in logs if each["event"] == "notifications.rejected"] == []
    assert len(stream.renamed) > 3


def states_in_graph(world: World) -> set[str]:
    return {row.text("clientState") for row in subscriptions_in_graph(world)}


async def renamed(stream: Stream) -> None:
    """Wait until the chat got another name, after its row had the last one."""
    before = len(stream.renamed)
    await stream.world.until(lambda: len(stream.renamed) > before + 1)


async def test_a_secret_and_a_certificate_of_the_bot(
    world: World, fleet: Fleet, stream: Stream, sign_in: FakeSignIn, tmp_path: Path
) -> None:
    first, second = (make_certificates(tmp_path / name) for name in ("first", "second"))
    # Tokens are renewed every few seconds.
    sign_in.lifetime_s = 75
    file = tmp_path / "bot.pem"
    file.write_bytes(first.certificate.read_bytes() + first.key.read_bytes())
    async with stream.running():
        await stream.flows()
        # The app has both secrets while the processes restart.
        sign_in.other_secrets = {"the-next-secret-of-the-app"}
        await fleet.roll(app_password=SecretStr("the-next-secret-of-the-app"))
        sign_in.secret, sign_in.other_secrets = "the-next-secret-of-the-app", set()
        await new_token(stream, sign_in)
        # A certificate replaces the secret.
        sign_in.app_certificates = [first.certificate]
        await fleet.roll(app_password=None, certificate_file=str(file))
        sign_in.secret = "of nobody"
        await new_token(stream, sign_in)
        # The file is read again for each token, without a restart.
        sign_in.app_certificates = [first.certificate, second.certificate]
        replacement = tmp_path / "new.pem"
        replacement.write_bytes(second.certificate.read_bytes() + second.key.read_bytes())
        replacement.replace(file)
        sign_in.app_certificates = [second.certificate]
        await new_token(stream, sign_in)
    # No process used a secret or a certificate after it was deleted.
    assert sign_in.refused == 0


async def new_token(stream: Stream, sign_in: FakeSignIn) -> None:
    """Wait until all tokens are newer than this moment."""
    before = len(sign_in.tokens_given)
    await stream.world.until(lambda: len(sign_in.tokens_given) >= before + 2 * BOTS)
    await stream.flows()


@pytest.fixture
async def role(postgres: PostgresCluster) -> AsyncIterator[str]:
    """Create a role that connects with a password."""
    await postgres.create_role("rotating", "the-first-password")
    yield "rotating"
    await postgres.drop_role("rotating")


@pytest.mark.usefixtures("connector")
async def test_the_password_of_the_database(
    world: World, postgres: PostgresCluster, role: str, sign_in: FakeSignIn
) -> None:
    del sign_in
    first, second = (
        make_url(world.settings.database_url).set(username=role, password=each).render_as_string(hide_password=False)
        for each in ("the-first-password", "the-next-password")
    )
    world.settings = world.settings.model_copy(update={"database_url": first})
    fleet, stream = Fleet(world), Stream(world, world.engines)
    await fleet.start()
    await stream.prepare()
    async with stream.running():
        await stream.flows()
        await postgres.set_password(role, "the-next-password")
        # Open connections go on.
        await stream.flows()
        await fleet.roll(database_url=second)
        await stream.flows()
    await fleet.stop()
    with pytest.raises(Unavailable):
        await answer_of(first)
    await answer_of(second)


async def answer_of(url: str) -> None:
    engines = create_engines(url)
    try:
        await require_answer(engines)
    finally:
        await engines.close()
