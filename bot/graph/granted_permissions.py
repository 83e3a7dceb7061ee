"""The application permissions in an access token of Microsoft Graph ("Access token claims reference"). Pure."""

import base64
import binascii

from bot.text.json_text import loads


def granted_permissions(token: str | None) -> frozenset[str] | None:
    """Return the names in the claim `roles`; None if the token cannot be read.

    Tokens are meant for Graph, so their format may change. Only the doctor reads one, for hints.
    """
    try:
        payload = (token or "").split(".")[1]
        claims = loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    if not isinstance(claims, dict):
        return None
    roles = claims.get("roles", [])
    return frozenset(each for each in roles if isinstance(each, str)) if isinstance(roles, list) else None
