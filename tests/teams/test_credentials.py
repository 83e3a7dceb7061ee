"""The bot's credentials at the token service."""

import time
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.domain.errors import Unavailable
from bot.http.credentials import with_certificate, with_managed_identity, with_secret
from tests.fakes.certificates import Certificates
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn

SCOPE = "https://api.botframework.com/.default"


async def test_a_secret_gives_a_token_that_lives_an_hour(sign_in: FakeSignIn, session: ClientSession) -> None:
    ask = with_secret(session, login_url=sign_in.url, tenant=TENANT, client_id=APP_ID, secret=sign_in.secret)
    grant = await ask(SCOPE)
    assert grant.token.startswith("token-")
    assert grant.expires_on == pytest.approx(time.time() + 3600, abs=30)
    assert (await ask(SCOPE)).token != grant.token
    assert sign_in.tokens_given == [SCOPE, SCOPE]


async def test_a_certificate_signs_for_the_bot(
    sign_in: FakeSignIn, session: ClientSession, certificates: Certificates, tmp_path: Path
) -> None:
    both = tmp_path / "bot.pem"
    both.write_bytes(certificates.key.read_bytes() + certificates.certificate.read_bytes())
    ask = with_certificate(session, login_url=sign_in.url, tenant=TENANT, client_id=APP_ID, file=both, password=None)
    assert (await ask(SCOPE)).token.startswith("token-")
    both.write_text("gone", encoding="utf-8")
    with pytest.raises(Unavailable, match="no token"):
        await ask(SCOPE)


async def test_a_wrong_secret_gives_no_token_and_is_not_told(sign_in: FakeSignIn, session: ClientSession) -> None:
    ask = with_secret(session, login_url=sign_in.url, tenant=TENANT, client_id=APP_ID, secret="a-wrong-secret")
    with pytest.raises(Unavailable) as refused:
        await ask(SCOPE)
    assert "a-wrong-secret" not in f"{refused.value} {refused.value.next_step} {refused.value.__cause__}"


async def test_the_code_of_a_refusal_is_known_and_its_text_is_not(sign_in: FakeSignIn, session: ClientSession) -> None:
    sign_in.refusal = "AADSTS7000222: The secrets of app 'a-marker-of-the-service' are expired. Trace ID: 1"
    ask = with_secret(session, login_url=sign_in.url, tenant=TENANT, client_id=APP_ID, secret="a-wrong-secret")
    with pytest.raises(Unavailable) as refused:
        await ask(SCOPE)
    assert refused.value.code == "AADSTS7000222"
    assert "a-marker-of-the-service" not in f"{refused.value} {refused.value.next_step} {refused.value.log_text}"


async def test_a_managed_identity_is_asked_of_the_machine(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def token(request: web.Request) -> web.Response:
        asked = (request.headers["X-IDENTITY-HEADER"], request.query["client_id"], request.query["resource"])
        assert asked == ("known-to-the-machine", APP_ID, "https://api.botframework.com")
        given = {"access_token": "token-of-the-machine", "expires_on": int(time.time()) + 3600, "resource": asked[2]}
        return web.json_response(given)

    app = web.Application()
    app.router.add_get("/token", token)
    async with TestServer(app) as machine:
        monkeypatch.setenv("IDENTITY_ENDPOINT", str(machine.make_url("/token")))
        monkeypatch.setenv("IDENTITY_HEADER", "known-to-the-machine")
        grant = await with_managed_identity(session, client_id=APP_ID)(SCOPE)
    assert grant.token == "token-of-the-machine"
