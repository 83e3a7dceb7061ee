"""Tokens with which the product proves who it is to other systems.

azure-identity is used because it is asynchronous, kept by the vendor of the token service, and refreshes by itself.
"""

from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import ClientSession
from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ClientSecretCredential

from bot.domain.errors import Unavailable


class Tokens(Protocol):
    """Gives tokens for a scope; None where the other system wants none (the sandbox, the Emulator)."""

    async def get(self, scope: str) -> str | None:
        """A token that is good for some minutes at least; raises `Unavailable`."""
        ...

    async def close(self) -> None:
        """Lets go of what is held."""
        ...


class NoTokens:
    """For systems on this machine that ask nobody to sign in."""

    async def get(self, scope: str) -> str | None:
        """None, whatever the scope."""
        del scope
        return None

    async def close(self) -> None:
        """Holds nothing."""


class ClientSecretTokens:
    """Tokens of an app registration that has a client secret."""

    def __init__(self, session: ClientSession, *, login_url: str, tenant: str, client_id: str, secret: str) -> None:
        self._credential = ClientSecretCredential(
            tenant,
            client_id,
            secret,
            authority=urlsplit(login_url).netloc,
            # The authority is the administrator's own choice; nobody else needs to vouch for it.
            disable_instance_discovery=True,
            transport=AioHttpTransport(session=session, session_owner=False),
        )

    async def get(self, scope: str) -> str | None:
        """A token for the scope; raises `Unavailable` when the token service gives none."""
        try:
            return (await self._credential.get_token(scope)).token
        except AzureError as error:
            raise Unavailable(
                "The sign-in service gave no token.", "Ask an administrator to check the app's client secret."
            ) from error

    async def close(self) -> None:
        """Closes the credential; the session stays open."""
        await self._credential.close()
