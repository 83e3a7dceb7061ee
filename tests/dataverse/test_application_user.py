"""The identity that signs in to Dataverse depends on the settings."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.domain.errors import Unavailable
from bot.wiring.credentials import dataverse_tokens
from tests.fakes.certificates import Certificates
from tests.fakes.clock import HeldClock
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn

USER = "cccccccc-0000-4000-8000-000000000003"
ORGANISATION = "https://contoso.crm4.dynamics.com"
SCOPE = f"{ORGANISATION}/.default"

Made = Callable[..., Settings]


@pytest.fixture
def made(sign_in: FakeSignIn) -> Made:
    """Return a function that creates settings with a bot whose own secret the sign-in service does not know."""

    def settings(**more: object) -> Settings:
        given = {
            "app_id": APP_ID,
            "app_password": SecretStr("of-the-bot"),
            "app_type": "SingleTenant",
            "app_tenant_id": TENANT,
            "dataverse_urls": (ORGANISATION,),
            "webhook_key": SecretStr("k"),
            "login_url": sign_in.url,
        }
        return Settings.model_validate({**given, **more})

    return settings


async def token(settings: Settings, session: ClientSession, clock: HeldClock) -> str | None:
    tokens = dataverse_tokens(settings, ORGANISATION, session, clock)
    try:
        return await tokens.get(SCOPE)
    finally:
        await tokens.close()


async def test_the_bot_itself_signs_in_where_nobody_else_is_named(
    made: Made, session: ClientSession, clock: HeldClock, sign_in: FakeSignIn
) -> None:
    with pytest.raises(Unavailable, match="no token"):
        await token(made(), session, clock)
    assert await token(made(app_password=SecretStr(sign_in.secret)), session, clock)
    assert sign_in.tokens_given == [SCOPE]


async def test_an_application_user_signs_in_by_its_own_secret(
    made: Made, session: ClientSession, clock: HeldClock, sign_in: FakeSignIn
) -> None:
    own = made(dataverse_client_id=USER, dataverse_client_secret=SecretStr(sign_in.secret))
    assert await token(own, session, clock)


async def test_an_application_user_signs_in_by_its_own_certificate(
    made: Made, session: ClientSession, clock: HeldClock, certificates: Certificates, tmp_path: Path
) -> None:
    both = tmp_path / "user.pem"
    both.write_bytes(certificates.key.read_bytes() + certificates.certificate.read_bytes())
    assert await token(made(dataverse_client_id=USER, dataverse_certificate_file=str(both)), session, clock)


async def test_an_application_user_may_be_a_managed_identity_of_the_machine(
    made: Made, session: ClientSession, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given(request: web.Request) -> web.Response:
        assert (request.query["client_id"], request.query["resource"]) == (USER, ORGANISATION)
        expires_on = int(time.time()) + 3600
        answer = {"access_token": "of-the-machine", "expires_on": expires_on, "resource": ORGANISATION}
        return web.json_response(answer if whole else {"access_token": "of-the-machine"})

    whole = True

    app = web.Application()
    app.router.add_get("/token", given)
    async with TestServer(app) as machine:
        monkeypatch.setenv("IDENTITY_ENDPOINT", str(machine.make_url("/token")))
        monkeypatch.setenv("IDENTITY_HEADER", "known-to-the-machine")
        own = made(dataverse_client_id=USER, dataverse_managed_identity=True)
        assert await token(own, session, clock) == "of-the-machine"
        whole = False
        with pytest.raises(Unavailable, match="no token"):
            await token(own, session, clock)
