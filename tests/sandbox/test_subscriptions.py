"""Change notifications of the sandbox: Graph's rules for subscriptions, and the delivery."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509 import load_pem_x509_certificate

from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox
from bot.sandbox.graph.subscriptions import PAGE_SIZE
from bot.sandbox.graph_notifications.subscriptions import SUBSCRIPTIONS
from bot.sandbox.teams.sample_organization import SampleOrganization
from tests.fakes.certificates import Certificates
from tests.fakes.clock import HeldClock
from tests.patience import PATIENCE_S
from tests.sandbox.wire import KEY
from tests.steps.sandbox_graph import APP, RSC, Graph
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX, MEGAN

EVERY_CHAT = f"/appCatalogs/teamsApps/{APP}/installedToChats"


class Subscriber(Graph):
    """A client with notification endpoints."""

    def __init__(self, session: ClientSession, url: str, clock: HeldClock) -> None:
        super().__init__(session, url)
        self.clock = clock
        self.notified: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.returns_token = True
        self.statuses: list[int] = []
        """Statuses for the next notifications."""
        self.teams: SampleOrganization

    async def receive(self, request: web.Request) -> web.Response:
        token = request.query.get("validationToken")
        if token is not None:
            assert request.content_type == "text/plain"
            self.tokens.append(token)
            return web.Response(text=token if self.returns_token else "hello")
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 202:
            self.notified += (await request.json())["value"]
        return web.Response(status=status)

    def subscription_body(self, resource: str, **more: object) -> dict[str, object]:
        """Return the body of a subscription request."""
        here = f"{self.url.removesuffix('/sandbox')}/notify"
        members = resource.lower().endswith("members")
        return {
            "changeType": "created,deleted" if members else "updated",
            "resource": resource,
            "notificationUrl": here,
            "lifecycleNotificationUrl": here,
            "expirationDateTime": (self.clock.now() + timedelta(days=3)).isoformat(),
            "clientState": "s3cret",
            **more,
        }

    async def subscribe(self, resource: str, **more: object) -> dict[str, Any]:
        status, created = await self.graph("POST", "subscriptions", self.subscription_body(resource, **more))
        assert status == 201, created
        subscription: dict[str, Any] = created
        return subscription

    async def subscribe_error(self, body: object) -> tuple[int, str]:
        status, error = await self.graph("POST", "subscriptions", body)
        return status, error["error"]["message"]

    async def wait_for_notifications(self, number: int) -> None:
        """Wait until this many notifications have arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.notified) < number:
                await asyncio.sleep(0.005)

    async def chat_with_app(self) -> str:
        chat = await self.chat(ALEX, ADELE)
        assert (await self.install(f"chats/{chat}"))[0] == 201
        return chat


@pytest.fixture
async def graph(clock: HeldClock) -> AsyncIterator[Subscriber]:
    async with ClientSession() as session:
        port = free_port()
        url = f"http://127.0.0.1:{port}/sandbox"
        subscriber = Subscriber(session, url, clock)
        settings = SandboxSettings(url=url, webhook_url="", webhook_key=KEY, file=None, app_permissions=RSC)
        app = web.Application()
        app.router.add_post("/notify", subscriber.receive)
        sandbox = make_sandbox(settings, now=clock.now)
        subscriber.teams = sandbox[TEAMS]
        app.add_subapp("/sandbox", sandbox)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield subscriber
        await runner.cleanup()


async def test_both_urls_are_validated_and_a_rename_is_notified(graph: Subscriber) -> None:
    chat = await graph.chat_with_app()
    created = await graph.subscribe(f"/chats/{chat}")
    assert len(graph.tokens) == 2
    assert all({"<", "&", "+", "é", "%"} <= set(token) for token in graph.tokens)
    assert (created["clientState"], created["resource"]) == (None, f"/chats/{chat}")
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 2"})
    await graph.wait_for_notifications(1)
    (told,) = graph.notified
    resource = f"chats('{chat}')"
    assert told == {
        "subscriptionId": created["id"],
        "subscriptionExpirationDateTime": created["expirationDateTime"],
        "clientState": "s3cret",
        "tenantId": "00000000-0000-4000-9000-0000000007e0",
        "changeType": "updated",
        "resource": resource,
        "resourceData": {"id": chat, "@odata.type": "#microsoft.graph.chat", "@odata.id": resource},
    }


async def test_one_subscription_covers_the_members_of_every_chat_with_the_app(graph: Subscriber) -> None:
    await graph.subscribe(f"{EVERY_CHAT}/getAllMembers")
    with_app, without = await graph.chat_with_app(), await graph.chat(ALEX, ADELE)
    for chat in (without, with_app):
        await graph.graph("POST", f"chats/{chat}/members", graph.person(MEGAN))
    _, members = await graph.graph("GET", f"chats/{with_app}/members")
    megan = next(row["id"] for row in members["value"] if row["userId"] == MEGAN.object_id)
    await graph.graph("DELETE", f"chats/{with_app}/members/{megan}")
    await graph.wait_for_notifications(2)
    assert [each["changeType"] for each in graph.notified] == ["created", "deleted"]
    assert {each["resource"] for each in graph.notified} == {f"chats('{with_app}')/members('{megan}')"}


async def test_resource_data_is_encrypted_for_the_owner_of_the_certificate(
    graph: Subscriber, certificates: Certificates
) -> None:
    chat = await graph.chat_with_app()
    await graph.subscribe(EVERY_CHAT, **certificate(certificates))
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 🔧"})
    await graph.wait_for_notifications(1)
    encrypted = graph.notified[0]["encryptedContent"]
    assert encrypted["encryptionCertificateId"] == "key-1"
    assert "Pump" not in str(graph.notified)
    assert decrypt(encrypted, certificates)["topic"] == "Pump 🔧"


def certificate(own: Certificates) -> dict[str, object]:
    """Return the properties that request resource data."""
    der = load_pem_x509_certificate(own.certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
    return {
        "includeResourceData": True,
        "encryptionCertificate": base64.b64encode(der).decode(),
        "encryptionCertificateId": "key-1",
    }


def decrypt(encrypted: dict[str, str], own: Certificates) -> Any:
    """Decrypt resource data with the documented steps: key, signature, content."""
    private = serialization.load_pem_private_key(own.key.read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - documented
    key = private.decrypt(base64.b64decode(encrypted["dataKey"]), oaep)
    content = base64.b64decode(encrypted["data"])
    assert hmac.digest(key, content, hashlib.sha256) == base64.b64decode(encrypted["dataSignature"])
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(content) + decryptor.finalize()
    return orjson.loads(padded[: -padded[-1]])


async def test_a_subscription_expires_unless_it_is_renewed(graph: Subscriber) -> None:
    created = await graph.subscribe(EVERY_CHAT)
    path = f"subscriptions/{created['id']}"
    graph.clock.advance(2 * 86400)
    later = {"expirationDateTime": (graph.clock.now() + timedelta(days=3)).isoformat()}
    assert (await graph.graph("PATCH", path, later))[0] == 200
    graph.clock.advance(2 * 86400)
    assert (await graph.graph("GET", path))[0] == 200
    graph.clock.advance(86400)
    assert [(await graph.graph(method, path, later))[0] for method in ("GET", "PATCH", "DELETE")] == [404] * 3
    chat = await graph.chat_with_app()
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Nobody hears of it"})
    await graph.subscribe(EVERY_CHAT)
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Somebody does"})
    await graph.wait_for_notifications(1)
    assert len(graph.notified) == 1


async def test_expired_subscriptions_are_removed(graph: Subscriber) -> None:
    for _ in range(3):
        await graph.subscribe(EVERY_CHAT)
        graph.clock.advance(4 * 86400)
    await graph.subscribe(EVERY_CHAT)
    assert len(graph.teams.rows.all(SUBSCRIPTIONS)) == 1


async def test_an_invalid_subscription_is_rejected_with_the_reason(graph: Subscriber) -> None:
    chat = f"/chats/{await graph.chat_with_app()}"
    four_days = (graph.clock.now() + timedelta(days=4)).isoformat()
    for more, status, said in (
        ({"expirationDateTime": four_days}, 400, "4320 minutes"),
        ({"expirationDateTime": graph.clock.now().isoformat()}, 400, "4320 minutes"),
        ({"expirationDateTime": "soon"}, 400, "expirationDateTime"),
        ({"expirationDateTime": None}, 400, "expirationDateTime"),
        ({"lifecycleNotificationUrl": None}, 400, "lifecycleNotificationUrl is a required property"),
        ({"changeType": "created"}, 400, "updated"),
        ({"changeType": 5}, 400, "updated"),
        ({"clientState": "x" * 129}, 400, "clientState"),
        ({"includeResourceData": True}, 400, "encryptionCertificate"),
        ({"includeResourceData": True, "encryptionCertificate": "AAAA"}, 400, "encryptionCertificate"),
        ({"notificationUrl": "http://127.0.0.1:1/nobody"}, 400, "validation request failed"),
        ({"notificationUrl": None}, 400, "validation request failed"),
        ({"resource": "/chats/19:none@thread.v2"}, 404, "chat"),
        ({"resource": "/users"}, 501, "chats"),
        ({"resource": 5}, 501, "chats"),
    ):
        answered, message = await graph.subscribe_error({**graph.subscription_body(chat), **more})
        assert (more, answered) == (more, status)
        assert said in message
    graph.returns_token = False
    assert (await graph.subscribe_error(graph.subscription_body(chat)))[0] == 400
    assert (await graph.graph("GET", "subscriptions"))[1]["value"] == []


async def test_duplicate_subscriptions_are_rejected(graph: Subscriber) -> None:
    chat = f"/chats/{await graph.chat_with_app()}"
    await graph.subscribe(chat)
    assert (await graph.subscribe_error(graph.subscription_body(chat)))[0] == 409
    assert (await graph.subscribe_error(graph.subscription_body(f"{chat}/members")))[0] == 403
    await graph.subscribe(EVERY_CHAT)
    graph.teams.max_subscriptions = 2
    assert (await graph.subscribe_error(graph.subscription_body(f"{EVERY_CHAT}/getAllMembers")))[0] == 403


async def test_a_subscription_requires_the_permission(graph: Subscriber) -> None:
    graph.teams.withheld |= {"Chat.ReadBasic.WhereInstalled", "ChatMember.Read.WhereInstalled"}
    for resource in (EVERY_CHAT, f"{EVERY_CHAT}/getAllMembers"):
        status, message = await graph.subscribe_error(graph.subscription_body(resource))
        assert (status, ".WhereInstalled" in message) == (403, True)
    without_app = await graph.chat(ALEX, ADELE)
    status, message = await graph.subscribe_error(graph.subscription_body(f"/chats/{without_app}"))
    assert (status, "ChatSettings.Read.Chat" in message) == (403, True)


async def test_subscriptions_are_listed_page_by_page(graph: Subscriber) -> None:
    for _ in range(PAGE_SIZE + 1):
        await graph.subscribe(f"/chats/{await graph.chat_with_app()}")
    _, page = await graph.graph("GET", "subscriptions")
    assert len(page["value"]) == PAGE_SIZE
    async with graph.session.get(page["@odata.nextLink"]) as answer:
        rest = await answer.json()
    assert (len(rest["value"]), "@odata.nextLink" in rest) == (1, False)


async def test_on_demand_a_subscription_gets_a_lifecycle_event(graph: Subscriber) -> None:
    created = await graph.subscribe(EVERY_CHAT)
    path = f"subscriptions/{created['id']}"
    for event in ("reauthorizationRequired", "missed", "subscriptionRemoved"):
        assert (await graph.graph("GET", path, x_sandbox_lifecycle=event))[0] == 200
    await graph.wait_for_notifications(3)
    assert [each["lifecycleEvent"] for each in graph.notified] == [
        "reauthorizationRequired",
        "missed",
        "subscriptionRemoved",
    ]
    assert {each["clientState"] for each in graph.notified} == {"s3cret"}
    assert (await graph.graph("GET", path))[0] == 404
    other = await graph.subscribe(EVERY_CHAT)
    assert (await graph.graph("POST", f"subscriptions/{other['id']}/reauthorize"))[0] == 204
    assert (await graph.graph("GET", f"subscriptions/{other['id']}", x_sandbox_lifecycle="odd"))[0] == 400
    assert (await graph.graph("DELETE", f"subscriptions/{other['id']}"))[0] == 204


async def test_a_failed_notification_is_retried(graph: Subscriber) -> None:
    chat = await graph.chat_with_app()
    await graph.subscribe(EVERY_CHAT)
    graph.statuses = [503]
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 2"})
    await graph.wait_for_notifications(1)
    assert graph.statuses == []
