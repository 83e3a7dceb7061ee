"""Sign people in at Microsoft Entra ID with the authorization code flow (RFC 6749, RFC 7636).

"Microsoft identity platform and OAuth 2.0 authorization code flow", "ID tokens in the Microsoft identity platform".
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout
from orjson import JSONDecodeError

from bot.domain.entra_errors import parse_error_code
from bot.domain.errors import CallerForbidden, CallerRejected, Unavailable
from bot.domain.object_ids import parse_object_id
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.pane_sign_in import SignInSecret
from bot.http.client_proofs import ClientProof
from bot.http.jwt_verifier import JwtVerifier, unverified_claims
from bot.text.json_text import loads

SCOPE = "openid profile"
MAX_BYTES = 64_000
"""Maximum bytes of an answer of the token endpoint. An ID token has two thousand."""
_TIMEOUT_S = 10.0
_MAX_CONCURRENT = 20

_CODE_REFUSED = "invalid_grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInApp:
    """The app registration that people sign in to."""

    client_id: str
    authority: str
    """Address of the sign-in pages, with the tenant."""
    redirect_url: str
    prove: ClientProof


class EntraSignIn:
    """Sends people to the sign-in pages, and verifies with which identity they come back."""

    def __init__(self, app: SignInApp, session: ClientSession, verifiers: Mapping[str, JwtVerifier]) -> None:
        """Create the client. `verifiers`: one for each tenant that may be served, by its ID in lowercase."""
        self._app = app
        self._session = session
        self._verifiers = verifiers
        self._slots = asyncio.Semaphore(_MAX_CONCURRENT)

    def authorization_url(self, secret: SignInSecret) -> str:
        """Return the address of the sign-in page. It contains nothing from which the secret could be found."""
        query = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": self._app.redirect_url,
            "scope": SCOPE,
            "state": secret.state,
            "nonce": secret.nonce,
            "code_challenge": secret.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._app.authority}/oauth2/v2.0/authorize?{urlencode(query)}"

    async def redeem(self, code: str, secret: SignInSecret) -> PaneIdentity:
        """Return the person to whom the code was issued.

        Raise `CallerRejected` with the reason, `CallerForbidden` for another tenant, or `Unavailable`.
        """
        token = await self._id_token(code, secret)
        tenant = _text(unverified_claims(token), "tid").lower()
        verifier = self._verifiers.get(tenant)
        if verifier is None:
            raise CallerForbidden("this tenant is not allowed (CHATSYNC_ALLOWED_TENANTS)")
        claims = (await verifier.verify(token)).claims
        if not secret.is_nonce(_text(claims, "nonce")):
            raise CallerRejected("the ID token belongs to another sign-in")
        person = parse_object_id(_text(claims, "oid"))
        if person is None:
            raise CallerRejected("the ID token names no person")
        return PaneIdentity(object_id=person, tenant_id=tenant, host=PaneHost.DYNAMICS)

    async def close(self) -> None:
        """Cancel running requests for keys."""
        for each in self._verifiers.values():
            await each.close()

    async def _id_token(self, code: str, secret: SignInSecret) -> str:
        form = {
            "client_id": self._app.client_id,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._app.redirect_url,
            "code_verifier": secret.verifier,
            "scope": SCOPE,
        }
        endpoint = f"{self._app.authority}/oauth2/v2.0/token"
        try:
            status, body = await self._post(endpoint, {**form, **await self._app.prove(endpoint)})
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise _unavailable() from error
        if status != HTTPStatus.OK:
            raise _refusal(status, body)
        token = _text(body, "id_token")
        if not token:
            raise CallerRejected("the sign-in service issued no ID token")
        return token

    async def _post(self, endpoint: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        timeout = ClientTimeout(total=_TIMEOUT_S)
        async with (
            self._slots,
            self._session.post(endpoint, data=form, timeout=timeout, allow_redirects=False) as answer,
        ):
            content = bytearray()
            async for chunk in answer.content.iter_chunked(MAX_BYTES):
                content += chunk
                if len(content) > MAX_BYTES:
                    raise ValueError("the answer is too large")
            return answer.status, _object(bytes(content))


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = loads(content)
    except JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(status: int, body: Mapping[str, Any]) -> Exception:
    """Return the error for a refused code, or for a service that refuses everything at the moment."""
    if status == HTTPStatus.BAD_REQUEST and _text(body, "error") == _CODE_REFUSED:
        return CallerRejected("the sign-in service refused the code")
    failed = _unavailable()
    failed.code = parse_error_code(_text(body, "error_description"))
    return failed


def _unavailable() -> Unavailable:
    return Unavailable("The sign-in service is not responding.", "Try again in a moment.")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
