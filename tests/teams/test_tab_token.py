"""Tokens of tabs: only those that Teams gets for a person of the tenant, for this app."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import CallerForbidden, CallerRejected, Unavailable
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.values import ObjectId
from bot.http.entra_keys import keys_url, tenant_issuers
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.http.session import create_session
from bot.teams.tab_token import CLIENTS, TabTokens, audiences
from tests.fakes.clock import HeldClock
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn, SigningKey
from tests.wire.people import ADELE

HOST = "bot.example.com"
ANOTHER = "cccccccc-0000-4000-8000-000000000009"


@pytest.fixture
async def tokens(sign_in: FakeSignIn, clock: HeldClock) -> AsyncIterator[TabTokens]:
    session = create_session(str(sign_in.certificates.certificate))
    keys = SigningKeys(session, keys_url(sign_in.url, TENANT), clock)
    issuers = tenant_issuers(TENANT, sign_in.url)
    verifier = JwtVerifier(keys, audiences(APP_ID, HOST), clock, issuers=issuers)
    yield TabTokens({TENANT: verifier}, APP_ID)
    await verifier.close()
    await session.close()


async def test_a_token_of_the_tab_names_the_person_and_the_tenant(tokens: TabTokens, sign_in: FakeSignIn) -> None:
    assert await tokens.verify(sign_in.tab_token(ADELE.object_id)) == PaneIdentity(
        object_id=ObjectId(ADELE.object_id), tenant_id=TENANT, host=PaneHost.TEAMS
    )


V1 = {"iss": f"https://sts.windows.net/{TENANT}/", "azp": None, "ver": "1.0"}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"api://{APP_ID}"},
        {"aud": f"api://{HOST}/{APP_ID}"},
        {"aud": f"api://{HOST}/botid-{APP_ID}"},
        {"aud": f"api://botid-{APP_ID}"},
        {**V1, "appid": "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "aud": f"api://{HOST}/{APP_ID}"},
        {"azp": APP_ID},
        {"scp": "openid access_as_user"},
        {"tid": TENANT.upper()},
        {"exp": timedelta(seconds=-200)},
        *({"azp": client} for client in sorted(CLIENTS)),
    ],
)
async def test_every_form_that_microsoft_documents_is_accepted(
    tokens: TabTokens, sign_in: FakeSignIn, claims: dict[str, Any]
) -> None:
    assert (await tokens.verify(sign_in.tab_token(ADELE.object_id, **claims))).object_id == ADELE.object_id


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ANOTHER},
        {"aud": f"api://other.example.com/{APP_ID}"},
        {"aud": "https://graph.microsoft.com"},
        {"aud": None},
        {"iss": f"https://sts.windows.net/{ANOTHER}/"},
        {"iss": "https://login.example.com/v2.0"},
        {"iss": None},
        {"exp": timedelta(seconds=-400)},
        {"exp": None},
        {"nbf": timedelta(seconds=400)},
        {"scp": None},
        {"scp": "access_as_user_too"},
        {"scp": None, "roles": ["access_as_user"], "idtyp": "app"},
        {"scp": ["access_as_user"]},
        {"azp": ANOTHER},
        {"azp": None},
        {"azp": None, "appid": ANOTHER},
        {"azp": ANOTHER, "appid": APP_ID},
        {"oid": None},
        {"oid": "adele"},
        {"oid": 7},
    ],
)
async def test_every_other_token_is_refused(tokens: TabTokens, sign_in: FakeSignIn, claims: dict[str, Any]) -> None:
    with pytest.raises(CallerRejected):
        await tokens.verify(sign_in.tab_token(ADELE.object_id, **claims))


@pytest.mark.parametrize("tenant", [ANOTHER, None, 7, "common", "../" + TENANT])
async def test_another_tenant_is_refused_before_its_keys_are_asked_for(
    tokens: TabTokens, sign_in: FakeSignIn, tenant: object
) -> None:
    sign_in.is_down = True
    with pytest.raises(CallerForbidden):
        await tokens.verify(sign_in.tab_token(ADELE.object_id, tid=tenant))


async def test_another_key_signs_nothing(tokens: TabTokens, sign_in: FakeSignIn) -> None:
    for key in (sign_in.key, SigningKey(), SigningKey(id=sign_in.tenant_key.id)):
        with pytest.raises(CallerRejected):
            await tokens.verify(sign_in.tab_token(ADELE.object_id, key))


@pytest.mark.parametrize("token", ["", "a.b.c", "a" * 5_000, "\udcff", "e30.W10.x", "e30.e30."])
async def test_what_is_no_token_is_refused(tokens: TabTokens, token: str) -> None:
    with pytest.raises(CallerRejected):
        await tokens.verify(token)


async def test_without_keys_nobody_is_let_in(tokens: TabTokens, sign_in: FakeSignIn) -> None:
    sign_in.is_down = True
    with pytest.raises(Unavailable):
        await tokens.verify(sign_in.tab_token(ADELE.object_id))
