"""The session of a tab in Teams: its token proves the person once (spec P7)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.store.tables import pane_session
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn, SigningKey
from tests.pane.production_fixtures import connector  # noqa: F401 - fixtures
from tests.steps.pane import PanePage, case, error_of
from tests.tcp_ports import free_port
from tests.wire.people import ADELE
from tests.wire.world import WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

ANOTHER = "cccccccc-0000-4000-8000-000000000009"


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    return Settings(
        port=free_port(),
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox",),
        webhook_key=SecretStr(WEBHOOK_KEY),
        public_url="https://bot.example.com",
        **sign_in.settings(),
    )


@pytest.fixture
async def tab(bare_world: World) -> AsyncIterator[PanePage]:
    await bare_world.start()
    yield PanePage(bare_world, headers={"X-Chat-Sync-Host": "teams"})
    await bare_world.stop()


async def test_a_token_of_the_tab_begins_a_session(tab: PanePage, sign_in: FakeSignIn) -> None:
    status, body = await tab.send("session", {"token": sign_in.tab_token(ADELE.object_id)})
    assert status == 201
    (stored,) = await tab.world.rows_in(pane_session)
    assert (stored["object_id"], stored["tenant_id"], stored["host"]) == (ADELE.object_id, TENANT, "teams")
    tab.token = body["session"]
    view = await tab.view(await case(tab.world))
    assert view["record"]["number"] == "CAS-01001"
    # Nobody can reach the real Microsoft Graph here.
    assert [bool(each["problem"]) for each in view["sections"]] == [False, True]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": ANOTHER}, 401),
        ({"azp": ANOTHER}, 401),
        ({"exp": timedelta(seconds=-400)}, 401),
        ({"scp": None, "roles": ["access_as_user"]}, 401),
        ({"oid": None}, 401),
        ({"tid": ANOTHER}, 403),
        ({"tid": ANOTHER, "iss": f"https://sts.windows.net/{ANOTHER}/"}, 403),
        ({"iss": f"https://sts.windows.net/{ANOTHER}/"}, 401),
    ],
)
async def test_every_other_token_begins_nothing(
    tab: PanePage, sign_in: FakeSignIn, claims: dict[str, Any], expected: int
) -> None:
    status, body = await tab.send("session", {"token": sign_in.tab_token(ADELE.object_id, **claims)})
    assert status == expected
    assert error_of(body)[0] in {
        "Chat Sync could not verify who you are.",
        "Chat Sync does not serve your organization.",
    }
    assert await tab.world.rows_in(pane_session) == []


@pytest.mark.parametrize("body", [{}, {"token": 7}, {"token": ""}, {"person": ADELE.object_id}])
async def test_without_a_token_nobody_is_let_in(tab: PanePage, body: dict[str, object]) -> None:
    assert (await tab.send("session", body))[0] == 401
    assert await tab.world.rows_in(pane_session) == []


async def test_the_token_of_a_bot_and_a_token_with_another_key_are_refused(tab: PanePage, sign_in: FakeSignIn) -> None:
    bot_token = sign_in.bearer("https://smba.trafficmanager.net/emea/").removeprefix("Bearer ")
    for token in (bot_token, sign_in.tab_token(ADELE.object_id, SigningKey())):
        assert (await tab.send("session", {"token": token}))[0] in {401, 403}
    assert await tab.world.rows_in(pane_session) == []


async def test_nobody_chooses_a_person_of_the_sandbox(tab: PanePage) -> None:
    tab.headers["X-Chat-Sync-Host"] = "sandbox"
    assert (await tab.send("session", {"person": ADELE.object_id}))[0] == 400
    async with tab.world.session.get(f"{tab.world.url}/pane?host=sandbox") as answer:
        assert answer.status == 404
        assert "Adele" not in await answer.text()


async def test_a_session_ends_if_its_tenant_is_no_longer_served(tab: PanePage, sign_in: FakeSignIn) -> None:
    _, body = await tab.send("session", {"token": sign_in.tab_token(ADELE.object_id)})
    tab.token = body["session"]
    world = tab.world
    world.settings = world.settings.model_copy(update={"allowed_tenants": (ANOTHER,)})
    await world.restart()
    status, body = await tab.send("view", {"record": None})
    assert (status, body["error"]["kind"]) == (401, "signedOut")


async def test_an_own_registration_of_the_pane_is_the_audience(tab: PanePage, sign_in: FakeSignIn) -> None:
    world = tab.world
    world.settings = world.settings.model_copy(update={"pane_client_id": ANOTHER.upper()})
    await world.restart()
    for audience, expected in ((APP_ID, 401), (ANOTHER, 201), (f"api://bot.example.com/{ANOTHER}", 201)):
        token = sign_in.tab_token(ADELE.object_id, aud=audience)
        assert (await tab.send("session", {"token": token}))[0] == expected


async def test_without_keys_the_tab_can_try_again(tab: PanePage, sign_in: FakeSignIn) -> None:
    sign_in.is_down = True
    status, body = await tab.send("session", {"token": sign_in.tab_token(ADELE.object_id)})
    assert (status, body["error"]["kind"]) == (503, "unavailable")
