"""Credentials of the app at the token service: a secret, a certificate, or a managed identity.

azure-identity is asynchronous and maintained by the vendor of the token service. Each request uses a new credential and
discards what it has cached. A new secret or certificate therefore takes effect at once, and only
`bot.http.access_tokens` decides when a token has expired.
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

from bot.domain.entra_errors import parse_error_code
from bot.domain.errors import Unavailable
from bot.http.access_tokens import FetchToken, Grant

NewCredential: TypeAlias = Callable[[], AsyncTokenCredential]
"""Creates a credential with an empty cache."""


def with_secret(session: ClientSession, *, login_url: str, tenant: str, client_id: str, secret: str) -> FetchToken:
    """Return a function that requests tokens for an app registration with a client secret."""
    return _token_source(
        lambda: ClientSecretCredential(
            tenant,
            client_id,
            secret,
            authority=urlsplit(login_url).netloc,
            # The administrator chose the authority, so Microsoft's instance discovery need not confirm it.
            disable_instance_discovery=True,
            transport=_transport(session),
        )
    )


def with_certificate(
    session: ClientSession, *, login_url: str, tenant: str, client_id: str, file: Path, password: str | None
) -> FetchToken:
    """Return a function that requests tokens with a certificate.

    The file holds the certificate and its private key (PEM or PKCS 12). It is read for each token.
    """
    return _token_source(
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
    """Return a function that requests tokens for the user-assigned managed identity of the machine in Azure."""
    return _token_source(lambda: ManagedIdentityCredential(client_id=client_id, transport=_transport(session)))


def _transport(session: ClientSession) -> AioHttpTransport:
    return AioHttpTransport(session=session, session_owner=False)


def _token_source(new_credential: NewCredential) -> FetchToken:
    async def ask(scope: str) -> Grant:
        try:
            async with new_credential() as credential:
                token = await credential.get_token(scope)
        except (AzureError, OSError, ValueError, LookupError) as error:  # LookupError: the response lacks a field
            failed = Unavailable(
                "The sign-in service issued no token.",
                "Ask an administrator to check the app's secret, certificate, or managed identity.",
            )
            failed.code = parse_error_code(str(error))
            raise failed from error
        return Grant(token=token.token, expires_on=token.expires_on)

    return ask
