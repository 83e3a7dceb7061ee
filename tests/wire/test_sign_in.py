"""With an app ID: allowed callers of the bot, and allowed targets."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.config.settings import Settings
from bot.domain.values import TEAMS
from bot.store.tables import audit, connection, environment
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import APP_ID, FakeSignIn, SigningKey
from tests.steps.presses import PRESSES, state
from tests.tcp_ports import free_port
from tests.wire.people import ALEX, MEGAN
from tests.wire.world import GROUP, TENANT, WEBHOOK_KEY, World, texts

pytestmark = pytest.mark.one_database

ANOTHER_TENANT = "cccccccc-0000-4000-8000-000000000009"


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        **sign_in.settings(),
    )


@pytest.fixture
async def signed_in(bare_world: World, sign_in: FakeSignIn) -> AsyncIterator[World]:
    """Start Chat Sync with an app ID. All requests of the test have a valid token unless the test says otherwise."""
    await bare_world.start()
    bare_world.headers["Authorization"] = sign_in.bearer(bare_world.connector.service_url)
    await bare_world.add_bot(GROUP)
    yield bare_world
    await bare_world.settle()
    await bare_world.stop()


async def refused(world: World, authorization: str | None, **changes: Any) -> tuple[int, str]:
    """Return the status and the reason with which a message is rejected."""
    world.headers.pop("Authorization", None)
    if authorization is not None:
        world.headers["Authorization"] = authorization
    status, body = await world.post(world.activity(type="message", text="help", **changes))
    assert world.nothing_was_said()
    return status, body["error"]["message"] if body else ""


async def test_a_good_token_is_let_in_and_answers_carry_a_token_of_the_bots_own(
    signed_in: World, sign_in: FakeSignIn
) -> None:
    await signed_in.say("connect CAS-01001")
    await signed_in.settle()
    assert "CAS-01001" in texts(signed_in.card())
    assert "https://api.botframework.com/.default" in sign_in.tokens_given
    tokens = signed_in.connector.tokens
    assert len(tokens) > 1
    assert [token for token in tokens if token and token.startswith("Bearer token-")] == tokens


async def test_the_token_and_the_keys_are_not_fetched_for_every_message(signed_in: World, sign_in: FakeSignIn) -> None:
    for _ in range(5):
        await signed_in.say("help")
    assert len(sign_in.tokens_given) == 1
    assert sign_in.key_reads == 1


MALFORMED = ["", "Bearer", "Bearer ", "Basic x", "Bearer x", "Bearer a.b.c", "Bearer " + "x" * 4_000, "x", None]


@pytest.mark.parametrize("authorization", MALFORMED, ids=lambda value: str(value)[:20])
async def test_what_is_no_token_is_refused(signed_in: World, authorization: str | None) -> None:
    status, reason = await refused(signed_in, authorization)
    assert status == 401
    assert reason


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://sts.windows.net/evil/"},
        {"iss": None},
        {"aud": "aaaaaaaa-0000-4000-8000-00000000dead"},
        {"aud": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"serviceurl": "https://smba.trafficmanager.net/emea/"},
        {"serviceurl": None},
    ],
    # Without the time, so that it is the same in every process that collects the tests.
    ids=lambda claims: ", ".join(f"{name} {'elsewhere' if value else 'missing'}" for name, value in claims.items()),
)
async def test_a_token_for_another_purpose_is_refused(
    signed_in: World, sign_in: FakeSignIn, claims: dict[str, Any]
) -> None:
    service_url = signed_in.connector.service_url
    status, reason = await refused(signed_in, sign_in.bearer(service_url, **claims))
    assert status == 401
    assert reason


async def test_a_token_that_expired_a_minute_ago_is_within_the_leeway(signed_in: World, sign_in: FakeSignIn) -> None:
    signed_in.headers["Authorization"] = sign_in.bearer(signed_in.connector.service_url, exp=int(time.time()) - 60)
    await signed_in.say("help")
    assert signed_in.card()


async def test_a_signature_by_another_key_is_refused(signed_in: World, sign_in: FakeSignIn) -> None:
    service_url = signed_in.connector.service_url
    forged = SigningKey(id=sign_in.key.id)
    assert (await refused(signed_in, sign_in.bearer(service_url, forged)))[0] == 401
    stranger = SigningKey()
    assert (await refused(signed_in, sign_in.bearer(service_url, stranger)))[0] == 401


async def test_a_key_that_does_not_sign_for_teams_is_refused(signed_in: World, sign_in: FakeSignIn) -> None:
    status, reason = await refused(signed_in, sign_in.bearer(signed_in.connector.service_url), channelId="directline")
    assert (status, "channel" in reason) == (401, True)
    assert TEAMS in sign_in.endorsements


async def test_after_a_key_rollover_the_new_key_is_learned_at_once(signed_in: World, sign_in: FakeSignIn) -> None:
    signed_in.clock.advance(31)
    sign_in.key = SigningKey()
    signed_in.headers["Authorization"] = sign_in.bearer(signed_in.connector.service_url)
    await signed_in.say("help")
    assert signed_in.card()
    assert sign_in.key_reads == 2


async def test_unknown_keys_do_not_make_the_bot_ask_for_the_keys_each_time(
    signed_in: World, sign_in: FakeSignIn
) -> None:
    for _ in range(5):
        await refused(signed_in, sign_in.bearer(signed_in.connector.service_url, SigningKey()))
    assert sign_in.key_reads == 1


async def test_where_the_keys_cannot_be_read_again_the_old_ones_go_on(signed_in: World, sign_in: FakeSignIn) -> None:
    sign_in.is_down = True
    signed_in.clock.advance(25 * 3600)
    await signed_in.say("help")
    assert signed_in.card()


async def test_where_the_keys_were_never_read_the_caller_is_asked_to_come_again(
    bare_world: World, sign_in: FakeSignIn
) -> None:
    sign_in.is_down = True
    await bare_world.start()
    status, reason = await refused(bare_world, sign_in.bearer(bare_world.connector.service_url))
    await bare_world.stop()
    assert status == 503
    assert "keys" in reason


@pytest.mark.parametrize("tenant", ["cccccccc-0000-4000-8000-000000000003", "", None, 5, {"id": 1}])
async def test_another_tenant_is_refused(signed_in: World, sign_in: FakeSignIn, tenant: object) -> None:
    signed_in.headers["Authorization"] = sign_in.bearer(signed_in.connector.service_url)
    conversation = {"id": GROUP, "conversationType": "groupChat", "tenantId": tenant}
    status, reason = await refused(
        signed_in,
        signed_in.headers["Authorization"],
        channelData={"tenant": {"id": tenant}},
        conversation=conversation,
    )
    assert (status, "CHATSYNC_ALLOWED_TENANTS" in reason) == (403, True)


@pytest.mark.parametrize(
    ("of_data", "of_conversation"),
    [(TENANT, ANOTHER_TENANT), (ANOTHER_TENANT, TENANT), (None, ANOTHER_TENANT), ("", TENANT)],
)
async def test_an_activity_that_also_names_another_tenant_is_refused(
    signed_in: World, of_data: object, of_conversation: str
) -> None:
    status, reason = await refused(
        signed_in,
        signed_in.headers["Authorization"],
        channelData={"tenant": {"id": of_data}},
        conversation={"id": GROUP, "conversationType": "groupChat", "tenantId": of_conversation},
    )
    assert (status, "CHATSYNC_ALLOWED_TENANTS" in reason) == (403, True)


async def test_for_somebody_without_the_app_teams_names_no_tenant_and_gets_a_card_that_shows_nothing(
    signed_in: World, sign_in: FakeSignIn
) -> None:
    redacted: dict[str, Any] = {"conversation": {"id": "redacted"}, "channelData": {"tenant": {"id": "redacted"}}}
    asked: dict[str, Any] = {
        "type": "invoke",
        "name": "composeExtension/anonymousQueryLink",
        "value": {"url": await signed_in.link()},
    }
    status, body = await signed_in.post(signed_in.activity(**redacted, **asked))
    assert status == 200
    (found,) = body["composeExtension"]["attachments"]
    assert texts(found["content"])[0] == "This is a Dynamics 365 record."
    # Callers without a tenant get nothing else, and callers without a token get nothing.
    status, _ = await signed_in.post(signed_in.activity(**redacted, **{**asked, "name": "composeExtension/queryLink"}))
    assert status == 403
    signed_in.headers.pop("Authorization")
    assert (await signed_in.post(signed_in.activity(**redacted, **asked)))[0] == 401


@pytest.mark.parametrize(
    "service_url",
    ["https://evil.example/", "http://127.0.0.1:1/", "https://127.0.0.1.evil.example/", "https://x@127.0.0.1/"],
)
async def test_a_service_url_that_is_not_on_the_list_is_refused_even_with_a_good_token(
    signed_in: World, sign_in: FakeSignIn, service_url: str
) -> None:
    status, reason = await refused(signed_in, sign_in.bearer(service_url), serviceUrl=service_url)
    assert (status, "CHATSYNC_SERVICE_HOSTS" in reason) == (403, True)
    assert len(sign_in.tokens_given) == 1  # no token for this call


async def test_a_person_without_an_object_id_is_nobody_here(signed_in: World) -> None:
    signed_in.connector.members[GROUP].append("29:stranger")
    at = {"type": "mention", "mentioned": {"id": "28:chat-sync"}, "text": "<at>Chat Sync</at>"}
    message = signed_in.activity(type="message", text="<at>Chat Sync</at> connect CAS-01001", entities=[at])
    await signed_in.post({**message, "from": {"id": "29:stranger", "name": ALEX.name}})
    assert texts(signed_in.card())[0].startswith("You have no user in Dynamics 365")


async def test_with_a_wrong_secret_what_is_kept_waits(bare_world: World, sign_in: FakeSignIn) -> None:
    sign_in.secret = "changed"
    await bare_world.start()
    bare_world.headers["Authorization"] = sign_in.bearer(bare_world.connector.service_url)
    await bare_world.add_bot(GROUP)
    sign_in.secret = FakeSignIn.secret
    bare_world.clock.advance(60)
    await bare_world.settle()
    assert texts(bare_world.card())[0] == "Chat Sync"
    await bare_world.stop()


async def test_where_the_application_users_secret_has_expired_the_person_is_told_whom_to_ask(
    bare_world: World, sign_in: FakeSignIn
) -> None:
    # Dataverse is not reachable here, and without a token it is not called.
    real = "https://contoso.crm4.dynamics.com"
    expired = {"dataverse_client_id": APP_ID, "dataverse_client_secret": SecretStr("expired")}
    more = {"dataverse_urls": (real,), "dataverse_tenant_id": TENANT, **expired}
    bare_world.settings = bare_world.settings.model_copy(update=more)
    await bare_world.start()
    async with bare_world.engines.writing.begin() as connection:
        await connection.execute(update(environment).values(chats_on=True))
    await bare_world.restart()
    bare_world.headers["Authorization"] = sign_in.bearer(bare_world.connector.service_url)
    row = "11111111-1111-4111-9111-111111111111"
    (found,) = await bare_world.paste(f"{real}/main.aspx?pagetype=entityrecord&etn=incident&id={row}")
    assert texts(found["content"]) == [
        "The sign-in service issued no token.",
        "Ask an administrator to check the app's secret, certificate, or managed identity.",
    ]
    await bare_world.stop()


async def test_no_button_of_another_tenant_is_pressed(signed_in: World) -> None:
    await signed_in.say("connect CAS-01001")
    await signed_in.settle()
    (kept,) = await signed_in.rows_in(connection)
    record = {"environment": kept["environment"], "table": "incident", "row": kept["row_id"]}
    values = {**record, "connection": kept["public_id"], "person": MEGAN.object_id}
    before = await state(signed_in)
    for press in PRESSES:
        action = {"type": "Action.Execute", "verb": press.verb, "data": {**values, "act": press.name}}
        activity = signed_in.activity(type="invoke", name="adaptiveCard/action", value={"action": action})
        activity["conversation"]["tenantId"] = activity["channelData"]["tenant"]["id"] = ANOTHER_TENANT
        status, _ = await signed_in.post(activity)
        assert status == 403, str(press)
    assert await state(signed_in) == before
    assert await signed_in.rows_in(audit, audit.c.act != "connect") == []
