"""Verify the token with which Teams proves who looks at a tab (spec P7).

"Access token claims reference" (Microsoft identity platform), "Register your tab app in Microsoft Entra ID" (Teams).
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.domain.object_ids import parse_object_id
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.http.jwt_verifier import JwtVerifier, unverified_claims

SCOPE = "access_as_user"
"""The permission that the pane's registration offers. Tokens of apps without a person have none."""

CLIENTS = frozenset(
    {
        "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  # Teams on desktops and phones
        "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",  # Teams in browsers
        "4765445b-32c6-49b0-83e6-1d93765276ca",  # Microsoft 365 in browsers
        "0ec893e0-5785-4de6-99da-4ed124e5296c",  # Microsoft 365 on desktops
        "d3590ed6-52b3-4102-aeff-aad2292ab01c",  # Microsoft 365 on phones, and Outlook on desktops
        "bc59ab01-8403-45c6-8796-ac3ef710b3e3",  # Outlook in browsers
        "27922004-5251-4030-b22d-91ecd9a37ea4",  # Outlook on phones
    }
)
"""The programs of Microsoft that show tabs and are authorized in advance to request these tokens."""


class TabTokens:
    """Verifies tokens of tabs: signature, audience, issuer, scope, client, tenant, and person."""

    def __init__(self, verifiers: Mapping[str, JwtVerifier], client_id: str) -> None:
        """Create the check. `verifiers`: one for each tenant that may be served, by its ID in lowercase."""
        self._verifiers = verifiers
        self._clients = CLIENTS | {client_id.lower()}

    async def verify(self, token: str) -> PaneIdentity:
        """Return the person; raise `CallerRejected` with the reason, `CallerForbidden` or `Unavailable`."""
        tenant = _claimed_tenant(token)
        verifier = self._verifiers.get(tenant)
        if verifier is None:
            raise CallerForbidden("this tenant is not allowed (CHATSYNC_ALLOWED_TENANTS)")
        claims = (await verifier.verify(token)).claims
        self._require_delegation(claims)
        person = parse_object_id(_text(claims, "oid"))
        if person is None:
            raise CallerRejected("the token names no person")
        return PaneIdentity(object_id=person, tenant_id=tenant, host=PaneHost.TEAMS)

    async def close(self) -> None:
        """Cancel running requests for keys."""
        for each in self._verifiers.values():
            await each.close()

    def _require_delegation(self, claims: Mapping[str, Any]) -> None:
        """Check that a program that shows tabs got the token for a person."""
        if SCOPE not in _text(claims, "scp").split(" "):
            raise CallerRejected("the token lacks the scope access_as_user")
        # Tokens of version 2 and version 1 name the program in different claims.
        if (_text(claims, "azp") or _text(claims, "appid")).lower() not in self._clients:
            raise CallerRejected("the token was issued to another program")


def audiences(client_id: str, host: str) -> tuple[str, ...]:
    """Return the accepted audiences: the ID of the registration, and the forms of its URI on this host."""
    app = client_id.lower()
    names = (app, f"botid-{app}")
    return (app, *(f"api://{name}" for name in names), *(f"api://{host.lower()}/{name}" for name in names))


def _claimed_tenant(token: str) -> str:
    """Return the tenant that the token names, which chooses the keys that must have signed it."""
    return _text(unverified_claims(token), "tid").lower()


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
