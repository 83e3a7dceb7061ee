"""How the product proves who it is to the token service: a secret, a certificate or a managed identity.

azure-identity is used because it is asynchronous and kept by the vendor of the token service. What it keeps itself is
thrown away with each credential, so that a new secret or certificate takes effect and `bot.http.access_tokens` alone
decides when a token is old.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import ClientSession
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import CertificateCredential, ClientSecretCredential, ManagedIdentityCredential

from bot.domain.errors import Unavailable
from bot.http.access_tokens import FetchToken, Grant

Opened: TypeAlias = Callable[[], AsyncTokenCredential]
"""Makes a credential that has kept nothing yet."""


def with_secret(session: ClientSession, *, login_url: str, tenant: str, client_id: str, secret: str) -> FetchToken:
    """Asks as an app registration that has a client secret."""
    return _asking(
        lambda: ClientSecretCredential(
            tenant,
            client_id,
            secret,
            authority=urlsplit(login_url).netloc,
            # The authority is the administrator's own choice; nobody else needs to vouch for it.
            disable_instance_discovery=True,
            transport=_transport(session),
        )
    )


def with_certificate(
    session: ClientSession, *, login_url: str, tenant: str, client_id: str, file: Path, password: str | None
) -> FetchToken:
    """Asks as an app registration that has a certificate; the file holds it and its private key (PEM or PKCS 12)."""
    return _asking(
        lambda: CertificateCredential(
            tenant,
            client_id,
            certificate_data=file.read_bytes(),
            password=password,
            authority=urlsplit(login_url).netloc,
            disable_instance_discovery=True,
            transport=_transport(session),
        )
    )


def with_managed_identity(session: ClientSession, *, client_id: str) -> FetchToken:
    """Asks as the user-assigned managed identity of the machine in Azure."""
    return _asking(lambda: ManagedIdentityCredential(client_id=client_id, transport=_transport(session)))


def _transport(session: ClientSession) -> AioHttpTransport:
    return AioHttpTransport(session=session, session_owner=False)


def _asking(opened: Opened) -> FetchToken:
    async def ask(scope: str) -> Grant:
        try:
            async with opened() as credential:
                given = await credential.get_token(scope)
        except (AzureError, OSError, ValueError, LookupError) as error:  # the last for answers that lack something
            raise Unavailable(
                "The sign-in service gave no token.",
                "Ask an administrator to check the app's secret, certificate or managed identity.",
            ) from error
        return Grant(token=given.token, expires_on=given.expires_on)

    return ask
