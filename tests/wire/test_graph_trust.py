"""Resource data is used only with valid tokens of Microsoft Entra ID and with our certificate."""

import base64
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.graph.encrypted_data import load_certificate
from bot.sandbox.graph_notifications.encryption import encrypt
from bot.store.tables import chat
from tests.fakes.certificates import Certificates, make_certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import APP_ID, PUBLISHER, TENANT, FakeSignIn, SigningKey
from tests.steps.changes import connect_synced_chat, enqueued_chats, post_notifications, rename_notification
from tests.steps.graph_events import KNOWN, ONE_CHAT, store_subscription_ids
from tests.tcp_ports import free_port
from tests.wire.world import CLIENT_STATE, GROUP, OTHER_GROUP, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

NAME = "Pump vibrates"


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


@pytest.fixture
def settings(database_url: str, certificates: Certificates, sign_in: FakeSignIn, tmp_path: Path) -> Settings:
    """Return the settings of a bot with an app ID and the real Graph, which tests cannot reach."""
    both = tmp_path / "both.pem"
    both.write_bytes(certificates.certificate.read_bytes() + certificates.key.read_bytes())
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        **sign_in.settings(),
        public_url="https://bot.example.com",
        graph_client_state=SecretStr(CLIENT_STATE),
        graph_certificate_file=str(both),
    )


@pytest.fixture
async def told(bare_world: World, sign_in: FakeSignIn) -> AsyncIterator[World]:
    """Create a synced chat of the tenant, and a subscription for it."""
    world = bare_world
    await world.start()
    world.headers["Authorization"] = sign_in.bearer(world.connector.service_url)
    await world.add_bot(GROUP)
    await connect_synced_chat(world)
    await store_subscription_ids(world, topics=KNOWN, chat=ONE_CHAT)
    yield world
    await world.settle()
    await world.stop()


def rich(own: Certificates, named: Mapping[str, Any] | None = None, **more: object) -> Mapping[str, Any]:
    """Return a notification of a new name, with encrypted data."""
    der = load_pem_x509_certificate(own.certificate.read_bytes()).public_bytes(Encoding.DER)
    seal = load_certificate(own.certificate.read_bytes() + own.key.read_bytes(), None)
    held = {"id": GROUP, "topic": NAME, "lastUpdatedDateTime": "2026-11-21T10:20:30.1234567Z", **(named or {})}
    content = {**encrypt(held, base64.b64encode(der).decode(), seal.id), **more}
    return rename_notification(KNOWN, CLIENT_STATE, encryptedContent=content)


async def topics(world: World) -> set[str | None]:
    return {row["topic"] for row in await world.rows_in(chat)}


async def nothing_came_of_it(world: World) -> bool:
    return not await enqueued_chats(world) and await topics(world) == {None}


async def test_a_name_that_is_vouched_for_is_kept(told: World, certificates: Certificates, sign_in: FakeSignIn) -> None:
    assert await post_notifications(told, rich(certificates), validationTokens=[sign_in.validation_token()]) == 202
    assert await enqueued_chats(told) == [GROUP]
    assert await topics(told) == {NAME}


async def test_tokens_of_the_second_version_vouch_too(
    told: World, certificates: Certificates, sign_in: FakeSignIn
) -> None:
    newer = sign_in.validation_token(iss=f"{sign_in.url}/{TENANT}/v2.0", appid=None, azp=PUBLISHER)
    assert (
        await post_notifications(told, rich(certificates), validationTokens=[newer, sign_in.validation_token()]) == 202
    )
    assert await topics(told) == {NAME}


FORGED: Mapping[str, Callable[[FakeSignIn], object]] = {
    "no tokens": lambda _: [],
    "null": lambda _: None,
    "no text": lambda _: [5],
    "no token": lambda _: ["a.b.c"],
    "the app of somebody else": lambda sign_in: [sign_in.validation_token(aud="aaaaaaaa-0000-4000-8000-00000000dead")],
    "another publisher": lambda sign_in: [sign_in.validation_token(appid=APP_ID)],
    "no publisher": lambda sign_in: [sign_in.validation_token(appid=None)],
    "another tenant": lambda sign_in: [sign_in.validation_token(iss="https://sts.windows.net/evil/")],
    "the template of a tenant": lambda sign_in: [sign_in.validation_token(iss="https://sts.windows.net/{tenantid}/")],
    "expired": lambda sign_in: [sign_in.validation_token(exp=int(time.time()) - 3600)],
    "an unknown key": lambda sign_in: [sign_in.validation_token(SigningKey())],
    "a forged signature": lambda sign_in: [sign_in.validation_token(SigningKey(id=sign_in.key.id))],
    "one good and one bad": lambda sign_in: [sign_in.validation_token(), "a.b.c"],
}


async def test_what_nobody_vouches_for_changes_nothing(
    told: World, certificates: Certificates, sign_in: FakeSignIn
) -> None:
    bare = rename_notification(ONE_CHAT, CLIENT_STATE)
    for what, forged in FORGED.items():
        tokens = forged(sign_in)
        assert await post_notifications(told, rich(certificates), bare, validationTokens=tokens) == 202, what
        assert await nothing_came_of_it(told), what


async def test_what_was_changed_on_its_way_or_is_for_others_changes_nothing(
    told: World, certificates: Certificates, sign_in: FakeSignIn, tmp_path: Path
) -> None:
    good = rich(certificates)["encryptedContent"]
    other = rich(certificates, {"topic": "Another"})["encryptedContent"]
    for bad in (
        rich(certificates, dataSignature=other["dataSignature"]),
        rich(certificates, data=other["data"]),
        rich(certificates, data=good["data"][:-4] + "AAA="),
        rich(certificates, dataSignature="no base64"),
        rich(certificates, dataKey=base64.b64encode(b"x" * 256).decode()),
        rich(certificates, dataKey="AAAA"),
        rich(certificates, dataKey=None),
        rich(certificates, encryptionCertificateId="key-1"),
        rich(make_certificates(tmp_path)),
        rich(certificates, {"id": OTHER_GROUP}),
        rich(certificates, {"topic": 5}),
    ):
        assert await post_notifications(told, bad, validationTokens=[sign_in.validation_token()]) == 202
        assert await nothing_came_of_it(told)


@pytest.mark.parametrize("tenant", ["cccccccc-0000-4000-8000-000000000003", "", None, 5])
async def test_what_is_told_of_another_tenant_changes_nothing(told: World, tenant: object) -> None:
    assert await post_notifications(told, {**rename_notification(KNOWN, CLIENT_STATE), "tenantId": tenant}) == 202
    assert await nothing_came_of_it(told)


async def test_a_wrong_client_state_changes_nothing_also_with_a_good_token(
    told: World, certificates: Certificates, sign_in: FakeSignIn
) -> None:
    wrong = {**rich(certificates), "clientState": "guessed"}
    assert await post_notifications(told, wrong, validationTokens=[sign_in.validation_token()]) == 202
    assert await nothing_came_of_it(told)


async def test_without_resource_data_the_client_state_is_enough(told: World) -> None:
    assert await post_notifications(told, rename_notification(KNOWN, CLIENT_STATE)) == 202
    assert await enqueued_chats(told) == [GROUP]


async def test_while_the_keys_cannot_be_read_graph_is_asked_to_come_again(
    told: World, certificates: Certificates, sign_in: FakeSignIn
) -> None:
    sign_in.is_down = True
    assert await post_notifications(told, rich(certificates), validationTokens=[sign_in.validation_token()]) == 503
    assert await nothing_came_of_it(told)


@pytest.mark.parametrize("late_first", [True, False])
async def test_of_two_names_the_later_one_is_kept_whichever_came_first(
    told: World, certificates: Certificates, sign_in: FakeSignIn, late_first: bool
) -> None:
    early = rich(certificates, {"topic": "Early", "lastUpdatedDateTime": "2026-11-21T10:20:28Z"})
    late = rich(certificates, {"topic": "Late", "lastUpdatedDateTime": "2026-11-21T10:20:29+00:00"})
    vouching = [sign_in.validation_token()]
    at_once = (late, early) if late_first else (early, late)
    assert await post_notifications(told, *at_once, validationTokens=vouching) == 202
    assert await topics(told) == {"Late"}
    assert await post_notifications(told, early, validationTokens=vouching) == 202
    assert await topics(told) == {"Late"}
