"""The services for signing in: the Bot Framework's keys and the token authority, over TLS like the real ones."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import load_pem_x509_certificate
from jwt.algorithms import RSAAlgorithm

from tests.fakes.certificates import Certificates
from tests.fakes.entra_pages import EntraPages

APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"
TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
ISSUER = "https://api.botframework.com"
PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The app that sends change notifications for Microsoft Graph."""
TEAMS_IN_BROWSERS = "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _own_key(_owner: str) -> rsa.RSAPrivateKey:
    """Return the key of a service, which is made once, because this takes as long as a short story."""
    return _new_key()


@dataclass
class SigningKey:
    """A key with its ID."""

    id: str = field(default_factory=lambda: uuid4().hex)
    private: rsa.RSAPrivateKey = field(default_factory=_new_key)

    def public(self, endorsements: list[str]) -> dict[str, Any]:
        """Return the key in the format of a key set."""
        listed: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**listed, "kid": self.id, "use": "sig", "endorsements": endorsements}


def _at_once() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class FakeSignIn:
    """Services that publish keys, sign tokens like the Bot Framework, and issue tokens to apps that know the secret."""

    certificates: Certificates
    key: SigningKey = field(default_factory=lambda: SigningKey(private=_own_key("Bot Framework")))
    tenant_key: SigningKey = field(default_factory=lambda: SigningKey(private=_own_key("tenant")))
    """The key of the tenant in Entra ID."""
    endorsements: list[str] = field(default_factory=lambda: ["msteams"])
    secret: str = "let-me-in-with-this"
    other_secrets: set[str] = field(default_factory=set)
    """More secrets of the app, which are valid too."""
    app_certificates: list[Path] = field(default_factory=list)
    """The public parts of the app's certificates; without any, the one of this server."""
    is_down: bool = False
    answers: asyncio.Event = field(default_factory=_at_once)
    """While this is cleared, requests to the key server get no response."""
    key_reads_begun: int = 0
    key_reads: int = 0
    tokens_given: list[str] = field(default_factory=list)
    """The scopes of issued tokens."""
    lifetime_s: int = 3600
    """Lifetime of access tokens."""
    graph_roles: list[str] | None = None
    """The application permissions in tokens of Microsoft Graph; None for tokens that nobody can read."""
    refused: int = 0
    """Number of requests with a wrong secret or certificate."""
    refusal: str = "wrong secret"
    """The text of the answer to a wrong secret."""
    pages: EntraPages = field(default_factory=lambda: EntraPages(tenant=TENANT))
    """The pages on which people sign in."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, Any]:
        """Return the settings of a bot that signs in here."""
        # Not at the top: the bench's bare program imports this module, and its cold start must not include pydantic.
        from pydantic import SecretStr

        return {
            "app_id": APP_ID,
            "app_password": SecretStr(self.secret),
            "allowed_tenants": (TENANT.upper(),),
            "service_hosts": ("127.0.0.1",),
            "openid_url": f"{self.url}/openid",
            "login_url": self.url,
            "ca_file": str(self.certificates.certificate),
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Serve on a free port of this machine."""
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/common/.well-known/openid-configuration", self._entra)
        app.router.add_get(f"/{TENANT}/.well-known/openid-configuration", self._tenant)
        app.router.add_get(f"/{TENANT}/keys", self._tenant_keys)
        app.router.add_get("/{tenant}/oauth2/v2.0/authorize", self.pages.page)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self.certificates.server_context())
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _openid(self, _request: web.Request) -> web.Response:
        self.key_reads_begun += 1
        await self.answers.wait()
        if self.is_down:
            return web.Response(status=503)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _entra(self, _request: web.Request) -> web.Response:
        if self.is_down:
            return web.Response(status=503)
        issuer = "https://sts.windows.net/{tenantid}/"
        return web.json_response({"issuer": issuer, "jwks_uri": f"{self.url}/keys"})

    async def _tenant(self, _request: web.Request) -> web.Response:
        """Name the keys of the tenant, which no other tenant has."""
        if self.is_down:
            return web.Response(status=503)
        issuer = f"https://sts.windows.net/{TENANT}/"
        return web.json_response({"issuer": issuer, "jwks_uri": f"{self.url}/{TENANT}/keys"})

    async def _tenant_keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.tenant_key.public([])]})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.key_reads += 1
        odd = {"kid": "odd", "kty": "unheard-of"}
        return web.json_response({"keys": [odd, self.key.public(self.endorsements)]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        is_code = form.get("grant_type") == "authorization_code"
        if is_code and self.pages.answers:
            return self.pages.answers()
        if not self._knows(form):
            self.refused += 1
            return web.json_response({"error": "invalid_client", "error_description": self.refusal}, status=401)
        if is_code:
            return self._id_token(form)
        self.tokens_given.append(str(form["scope"]))
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.lifetime_s, "access_token": self._access_token(form)}
        )

    def _access_token(self, form: Mapping[str, object]) -> str:
        if self.graph_roles is None or "graph" not in str(form["scope"]):
            return f"token-{uuid4()}"
        return jwt.encode({"roles": self.graph_roles}, self.tenant_key.private, "RS256")

    def _id_token(self, form: Mapping[str, object]) -> web.Response:
        claims = self.pages.redeem(form)
        if claims is None:
            return web.json_response({"error": "invalid_grant", "error_description": self.refusal}, status=400)
        issued = {"iss": f"{self.url}/{TENANT}/v2.0", **claims}
        token = jwt.encode(issued, self.tenant_key.private, "RS256", headers={"kid": self.tenant_key.id})
        return web.json_response({"token_type": "Bearer", "access_token": "for nobody", "id_token": token})

    def _knows(self, form: Mapping[str, object]) -> bool:
        """Return whether the app authenticates: with its secret, or with a JWT signed by the key of its certificate."""
        if "client_assertion" not in form:
            return form.get("client_secret") in {self.secret, *self.other_secrets}
        assertion = str(form["client_assertion"])
        return any(_is_signed(assertion, each) for each in self.app_certificates or [self.certificates.certificate])

    def bearer(self, service_url: str, key: SigningKey | None = None, **claims: object) -> str:
        """Return the Authorization header of a Bot Framework request; `claims` replace its own, None removes one."""
        now = int(time.time())
        own = {"iss": ISSUER, "aud": APP_ID, "serviceurl": service_url, "nbf": now - 60, "exp": now + 3600}
        signer = key or self.key
        told = {name: value for name, value in {**own, **claims}.items() if value is not None}
        return "Bearer " + jwt.encode(told, signer.private, "RS256", headers={"kid": signer.id})

    def validation_token(self, key: SigningKey | None = None, **claims: object) -> str:
        """Return the validation token that Graph sends with resource data; `claims` replace its own."""
        now = int(time.time())
        own = {"iss": f"https://sts.windows.net/{TENANT}/", "aud": APP_ID, "appid": PUBLISHER}
        signer = key or self.key
        told = {**own, "nbf": now - 60, "exp": now + 3600, **claims}
        kept = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(kept, signer.private, "RS256", headers={"kid": signer.id})

    def tab_token(self, person: str, key: SigningKey | None = None, **claims: object) -> str:
        """Return the token that Teams gets for a tab; `claims` replace its own, None removes one.

        A `timedelta` is a time before or after now.
        """
        now = int(time.time())
        own = {
            "iss": f"{self.url}/{TENANT}/v2.0",
            "aud": APP_ID,
            "azp": TEAMS_IN_BROWSERS,
            "tid": TENANT,
            "oid": person,
        }
        signer = key or self.tenant_key
        times = {name: now + each.total_seconds() for name, each in claims.items() if isinstance(each, timedelta)}
        told = {**own, "scp": "access_as_user", "ver": "2.0", "nbf": now - 60, "exp": now + 3600, **claims, **times}
        kept = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(kept, signer.private, "RS256", headers={"kid": signer.id})


def _is_signed(assertion: str, certificate: Path) -> bool:
    key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
    try:
        jwt.decode(assertion, key, ["RS256", "PS256"], options={"verify_aud": False})  # type: ignore[arg-type] # a key of one of its kinds
    except jwt.PyJWTError:
        return False
    return True
