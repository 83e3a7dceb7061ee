"""Microsoft's own library and Chat Sync accept the same tokens of tabs, except where Chat Sync is stricter."""

import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.domain.errors import CallerRejected
from bot.http.entra_keys import keys_url, tenant_issuers
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.http.session import create_session
from bot.teams.tab_token import CLIENTS, SCOPE, TabTokens, audiences
from tests.fakes.clock import HeldClock
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn, SigningKey
from tests.tiers import missing
from tests.wire.people import ADELE

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

PACKAGE = "microsoft-teams-apps==2.1.1"
HOST, TOKENS = "bot.example.com", 200
ANOTHER = "cccccccc-0000-4000-8000-000000000009"
NOW = int(time.time())

CHOICES: dict[str, list[Any]] = {
    "aud": [*audiences(APP_ID, HOST), ANOTHER, f"api://other.example.com/{APP_ID}", None],
    "iss": [
        f"https://sts.windows.net/{TENANT}/",
        f"https://sts.windows.net/{ANOTHER}/",
        "https://login.example/v2.0",
        None,
    ],
    "exp": [NOW - 200, NOW - 400, NOW + 90_000],
    "nbf": [NOW + 200, NOW + 400, None],
    "iat": [NOW, NOW + 400],
    "scp": [f"openid {SCOPE}", "access_as_users", "", None],
    "azp": [*sorted(CLIENTS)[:2], APP_ID, ANOTHER, None],
    "tid": [TENANT.upper(), ANOTHER, None],
    "oid": [None, "x"],
    "name": ["Adele Vance"],
}
"""Other values of claims. A claim that is not chosen has the value of a token that is accepted."""
STRICTER = ("another program", "names no person", "this tenant is not allowed", "MissingRequiredClaimError")
"""Reasons that only Chat Sync has: it also checks the program, the person, and the tenant."""


def draw(random: Random, sign_in: FakeSignIn) -> str:
    """Return a token with up to three unusual claims, sometimes signed with another key."""
    names = random.sample(sorted(CHOICES), random.randint(0, 3))
    claims = {name: random.choice(CHOICES[name]) for name in names}
    return sign_in.tab_token(ADELE.object_id, SigningKey() if random.random() < 0.05 else None, **claims)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a virtual environment with Microsoft's library.

    `CHATSYNC_TEST_TEAMS_SDK` names an existing environment.
    """
    existing = os.environ.get("CHATSYNC_TEST_TEAMS_SDK")
    folder = Path(existing) if existing else tmp_path_factory.mktemp("teams_sdk")
    program = folder / "bin/python"
    if not program.is_file():
        venv.create(folder, with_pip=True)
        command = [str(program), "-m", "pip", "install", "--quiet", PACKAGE]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            missing(f"{PACKAGE}, which pip cannot install,")
    return program


async def our_reasons(sign_in: FakeSignIn, clock: HeldClock, tokens: list[str]) -> list[str]:
    """Return for each token why Chat Sync rejects it; an empty text if it accepts it."""
    reasons = []
    async with create_session(str(sign_in.certificates.certificate)) as session:
        keys = SigningKeys(session, keys_url(sign_in.url, TENANT), clock)
        issuers = tenant_issuers(TENANT, sign_in.url)
        judge = TabTokens({TENANT: JwtVerifier(keys, audiences(APP_ID, HOST), clock, issuers=issuers)}, APP_ID)
        for each in tokens:
            try:
                await judge.verify(each)
            except CallerRejected as error:
                reasons.append(error.log_text)
            else:
                reasons.append("")
        await judge.close()
    return reasons


def their_verdicts(python: Path, sign_in: FakeSignIn, tokens: list[str]) -> list[bool]:
    given = {
        "app": APP_ID,
        "tenant": TENANT,
        "scope": SCOPE,
        "login": sign_in.url,
        "uris": [f"api://{HOST}/{APP_ID}", f"api://{HOST}/botid-{APP_ID}"],
        "keys": {"keys": [sign_in.tenant_key.public([])]},
        "tokens": tokens,
    }
    program = Path(__file__).with_name("microsoft_judge.py")
    found = subprocess.run(
        [python, program], input=json.dumps(given), capture_output=True, text=True, check=False, timeout=800
    )
    assert found.returncode == 0, found.stderr
    verdicts: list[bool] = json.loads(found.stdout)
    return verdicts


async def test_both_judge_generated_tokens_alike(python: Path, sign_in: FakeSignIn, clock: HeldClock) -> None:
    random = Random(20_260_101)  # noqa: S311 - the same tokens in each run
    tokens = [draw(random, sign_in) for _ in range(TOKENS)]
    ours, theirs = await our_reasons(sign_in, clock, tokens), their_verdicts(python, sign_in, tokens)
    both = sum(accepted and not reason for reason, accepted in zip(ours, theirs, strict=True))
    neither = sum(bool(reason) and not accepted for reason, accepted in zip(ours, theirs, strict=True))
    stricter = [reason for reason, accepted in zip(ours, theirs, strict=True) if reason and accepted]
    sys.stdout.write(f"accepted by both {both}, rejected by both {neither}, only by Chat Sync {len(stricter)}\n")
    assert [
        token for reason, accepted, token in zip(ours, theirs, tokens, strict=True) if accepted < (not reason)
    ] == []
    assert [reason for reason in stricter if not any(each in reason for each in STRICTER)] == []
    assert min(both, neither, len(stricter)) >= 10
