"""A thousand notifications in one POST: accepted within Graph's deadline, with one job for each chat."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import Chat, ChatId, ChatKind, EnvironmentId, NewConnection, ObjectId, RecordRef
from bot.graph.encrypted_data import load_certificate
from bot.sandbox.graph_notifications.encryption import encrypt
from bot.store.tables import chat, environment, sync_job
from bot.store.unit_of_work import Store
from tests.fakes.certificates import Certificates
from tests.fakes.clock import START
from tests.steps.changes import post_notifications, rename_notification
from tests.steps.graph_events import KNOWN, store_subscription_ids
from tests.tiers import FULL
from tests.wire.conftest import bare_world, connector, settings  # noqa: F401 - the same world
from tests.wire.world import CLIENT_STATE, World

CHATS = 1_000
GRAPH_WAITS_S = 3.0


@pytest.fixture
async def busy(bare_world: World, certificates: Certificates, tmp_path: Path) -> AsyncIterator[World]:  # noqa: F811
    """Start a web process with a thousand chats, each on the timeline of a record."""
    world = bare_world
    file = tmp_path / "both.pem"
    file.write_bytes(certificates.certificate.read_bytes() + certificates.key.read_bytes())
    # The jobs stay: other tests process them.
    world.settings = world.settings.model_copy(update={"role": "web", "graph_certificate_file": str(file)})
    await world.start()
    (organisation,) = await world.rows_in(environment)
    async with Store(world.engines, lambda _: None).writing() as work:
        for number in range(CHATS):
            await work.chats.save(a_chat(number))
            made = await work.connections.add(a_connection(number, EnvironmentId(organisation["id"])))
            assert made
            activity = SyncedRow(
                activity_id=str(number), created_by=ObjectId("alex"), last_activity_at=world.clock.now()
            )
            await work.chat_sync.start(made.id, activity)
    await store_subscription_ids(world, topics=KNOWN)
    yield world
    await world.stop()


def name(number: int) -> ChatId:
    return ChatId(f"19:{number:032x}@thread.v2")


def a_chat(number: int) -> Chat:
    return Chat(
        id=name(number),
        kind=ChatKind.GROUP,
        channel="msteams",
        tenant_id="t",
        service_url="https://smba.trafficmanager.net/emea/",
        bot_id="28:bot",
        bot_name="Chat Sync",
    )


def a_connection(number: int, organisation: EnvironmentId) -> NewConnection:
    return NewConnection(
        chat_id=name(number),
        record=RecordRef(environment=organisation, table="incident", row_id=str(number)),
        record_name="Pump vibrates",
        record_number=None,
        connector_id=ObjectId("alex"),
        connector_name="Alex",
        connected_at=START,
    )


@pytest.mark.alone
async def test_a_thousand_new_names_are_taken_in_time_with_one_thing_to_do_for_each_chat(
    busy: World, certificates: Certificates
) -> None:
    seal = load_certificate(certificates.certificate.read_bytes() + certificates.key.read_bytes(), None)
    told = [
        rename_notification(
            KNOWN,
            CLIENT_STATE,
            name(number),
            encryptedContent=encrypt({"id": name(number), "topic": f"Pump {number}"}, seal.certificate, seal.id),
        )
        for number in range(CHATS)
    ]
    begin = time.monotonic()
    assert await post_notifications(busy, *told) == 202
    took_s = time.monotonic() - begin
    jobs = await busy.rows_in(sync_job)
    assert len({job["lane"] for job in jobs}) == len(jobs) == CHATS
    assert {job["asked"] for job in jobs} == {1}
    assert {row["topic"] for row in await busy.rows_in(chat)} == {f"Pump {number}" for number in range(CHATS)}
    assert took_s < GRAPH_WAITS_S or not FULL  # only in full runs no other test runs beside it
