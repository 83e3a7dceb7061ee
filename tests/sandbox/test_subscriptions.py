"""The sandbox's change notifications: subscriptions with Graph's own rules, and what is sent to whom."""

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
from bot.sandbox.teams.sample_organization import SampleOrganization
from tests.fakes.certificates import Certificates
from tests.fakes.clock import HeldClock
from tests.ports import free_port
from tests.sandbox.test_graph import APP, RSC, Graph
from tests.sandbox.wire import KEY
from tests.wire.people import ADELE, ALEX, MEGAN

EVERY_CHAT = f"/appCatalogs/teamsApps/{APP}/installedToChats"


class Subscriber(Graph):
    """Somebody who subscribes, with the addresses where notifications come."""

    def __init__(self, session: ClientSession, url: str, clock: HeldClock) -> None:
        super().__init__(session, url)
        self.clock = clock
        self.notified: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.shakes_hands = True
        self.statuses: list[int] = []
        """How the next notifications are answered."""
        self.teams: SampleOrganization

    async def take(self, request: web.Request) -> web.Response:
        token = request.query.get("validationToken")
        if token is not None:
            assert request.content_type == "text/plain"
            self.tokens.append(token)
            return web.Response(text=token if self.shakes_hands else "hello")
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 202:
            self.notified += (await request.json())["value"]
        return web.Response(status=status)

    def wanted(self, resource: str, **more: object) -> dict[str, object]:
        """A subscription as it is asked for."""
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
        status, made = await self.graph("POST", "subscriptions", self.wanted(resource, **more))
        assert status == 201, made
        subscription: dict[str, Any] = made
        return subscription

    async def refused(self, body: object) -> tuple[int, str]:
        status, error = await self.graph("POST", "subscriptions", body)
        return status, error["error"]["message"]

    async def heard(self, number: int) -> None:
        """Returns when so many notifications have come."""
        async with asyncio.timeout(20):
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
        made = Subscriber(session, url, clock)
        settings = SandboxSettings(url=url, webhook_url="", webhook_key=KEY, file=None, app_permissions=RSC)
        app = web.Application()
        app.router.add_post("/notify", made.take)
        sandbox = make_sandbox(settings, now=clock.now)
        made.teams = sandbox[TEAMS]
        app.add_subapp("/sandbox", sandbox)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield made
        await runner.cleanup()


async def test_a_subscriber_shakes_hands_at_both_addresses_and_then_hears_of_a_new_name(graph: Subscriber) -> None:
    chat = await graph.chat_with_app()
    made = await graph.subscribe(f"/chats/{chat}")
    assert len(graph.tokens) == 2
    assert all({"<", "&", "+", "é", "%"} <= set(token) for token in graph.tokens)
    assert (made["clientState"], made["resource"]) == (None, f"/chats/{chat}")
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 2"})
    await graph.heard(1)
    (told,) = graph.notified
    resource = f"chats('{chat}')"
    assert told == {
        "subscriptionId": made["id"],
        "subscriptionExpirationDateTime": made["expirationDateTime"],
        "clientState": "s3cret",
        "tenantId": "00000000-0000-4000-9000-0000000007e0",
        "changeType": "updated",
        "resource": resource,
        "resourceData": {"id": chat, "@odata.type": "#microsoft.graph.chat", "@odata.id": resource},
    }


async def test_one_subscription_hears_of_the_members_of_every_chat_that_has_the_app(graph: Subscriber) -> None:
    await graph.subscribe(f"{EVERY_CHAT}/getAllMembers")
    with_app, without = await graph.chat_with_app(), await graph.chat(ALEX, ADELE)
    for chat in (without, with_app):
        await graph.graph("POST", f"chats/{chat}/members", graph.person(MEGAN))
    _, members = await graph.graph("GET", f"chats/{with_app}/members")
    megan = next(row["id"] for row in members["value"] if row["userId"] == MEGAN.object_id)
    await graph.graph("DELETE", f"chats/{with_app}/members/{megan}")
    await graph.heard(2)
    assert [each["changeType"] for each in graph.notified] == ["created", "deleted"]
    assert {each["resource"] for each in graph.notified} == {f"chats('{with_app}')/members('{megan}')"}


async def test_resource_data_is_sealed_for_the_owner_of_the_certificate(
    graph: Subscriber, certificates: Certificates
) -> None:
    chat = await graph.chat_with_app()
    await graph.subscribe(EVERY_CHAT, **certificate(certificates))
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 🔧"})
    await graph.heard(1)
    sealed = graph.notified[0]["encryptedContent"]
    assert sealed["encryptionCertificateId"] == "key-1"
    assert "Pump" not in str(graph.notified)
    assert opened(sealed, certificates)["topic"] == "Pump 🔧"


def certificate(own: Certificates) -> dict[str, object]:
    """What asks for resource data."""
    der = load_pem_x509_certificate(own.certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
    return {
        "includeResourceData": True,
        "encryptionCertificate": base64.b64encode(der).decode(),
        "encryptionCertificateId": "key-1",
    }


def opened(sealed: dict[str, str], own: Certificates) -> Any:
    """By the documented steps: key, signature, content."""
    private = serialization.load_pem_private_key(own.key.read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - documented
    key = private.decrypt(base64.b64decode(sealed["dataKey"]), oaep)
    content = base64.b64decode(sealed["data"])
    assert hmac.digest(key, content, hashlib.sha256) == base64.b64decode(sealed["dataSignature"])
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(content) + decryptor.finalize()
    return orjson.loads(padded[: -padded[-1]])


async def test_a_subscription_ends_by_its_time_unless_it_is_renewed(graph: Subscriber) -> None:
    made = await graph.subscribe(EVERY_CHAT)
    path = f"subscriptions/{made['id']}"
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
    await graph.heard(1)
    assert len(graph.notified) == 1


async def test_what_a_subscription_must_be_is_said_where_it_is_not(graph: Subscriber) -> None:
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
        answered, message = await graph.refused({**graph.wanted(chat), **more})
        assert (more, answered) == (more, status)
        assert said in message
    graph.shakes_hands = False
    assert (await graph.refused(graph.wanted(chat)))[0] == 400
    assert (await graph.graph("GET", "subscriptions"))[1]["value"] == []


async def test_an_app_has_one_subscription_on_a_chat_and_no_second_on_the_same(graph: Subscriber) -> None:
    chat = f"/chats/{await graph.chat_with_app()}"
    await graph.subscribe(chat)
    assert (await graph.refused(graph.wanted(chat)))[0] == 409
    assert (await graph.refused(graph.wanted(f"{chat}/members")))[0] == 403
    await graph.subscribe(EVERY_CHAT)
    graph.teams.max_subscriptions = 2
    assert (await graph.refused(graph.wanted(f"{EVERY_CHAT}/getAllMembers")))[0] == 403


async def test_without_the_permission_nobody_may_subscribe(graph: Subscriber) -> None:
    graph.teams.withheld |= {"Chat.ReadBasic.WhereInstalled", "ChatMember.Read.WhereInstalled"}
    for resource in (EVERY_CHAT, f"{EVERY_CHAT}/getAllMembers"):
        status, message = await graph.refused(graph.wanted(resource))
        assert (status, ".WhereInstalled" in message) == (403, True)
    without_app = await graph.chat(ALEX, ADELE)
    status, message = await graph.refused(graph.wanted(f"/chats/{without_app}"))
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
    made = await graph.subscribe(EVERY_CHAT)
    path = f"subscriptions/{made['id']}"
    for event in ("reauthorizationRequired", "missed", "subscriptionRemoved"):
        assert (await graph.graph("GET", path, x_sandbox_lifecycle=event))[0] == 200
    await graph.heard(3)
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


async def test_who_does_not_take_a_notification_gets_it_again(graph: Subscriber) -> None:
    chat = await graph.chat_with_app()
    await graph.subscribe(EVERY_CHAT)
    graph.statuses = [503]
    await graph.graph("PATCH", f"chats/{chat}", {"topic": "Pump 2"})
    await graph.heard(1)
    assert graph.statuses == []
