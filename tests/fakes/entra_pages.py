"""The pages of Entra ID on which people sign in, and the codes that they return."""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from aiohttp import web

COOP = {"Cross-Origin-Opener-Policy": "same-origin"}
"""The header of Microsoft's pages. It cuts the tie between a window and the page that opened it."""

TokenAnswer = Callable[[], web.Response]


@dataclass
class EntraPages:
    """Sign-in pages with one account, and the codes that were issued."""

    person: str = ""
    """The object ID of the account."""
    tenant: str = ""
    error: Mapping[str, str] = field(default_factory=dict)
    """The error that the page returns instead of a code."""
    claims: Mapping[str, object] = field(default_factory=dict)
    """Claims that replace those of the ID token; None removes one."""
    answers: TokenAnswer | None = None
    """Answers a request with a code, if it is set."""
    queries: list[dict[str, str]] = field(default_factory=list)
    """The queries with which people arrived."""
    forms: list[dict[str, str]] = field(default_factory=list)
    """The forms with which codes were redeemed."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def returns_to(self, address: str) -> str:
        """Return the address to which the page sends a person who arrived at this address and signed in."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.queries.append(query)
        assert query["response_type"] == "code"
        answer = dict(self.error) or {"code": self._new_code(query)}
        return f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}"

    async def page(self, request: web.Request) -> web.Response:
        """Show the page, with a link for the only account."""
        address = escape(self.returns_to(str(request.url)))
        text = f'<!doctype html><title>Sign in</title><h1>Pick an account</h1><a href="{address}">Continue</a>'
        return web.Response(text=text, content_type="text/html", headers=COOP)

    def redeem(self, form: Mapping[str, Any]) -> dict[str, object] | None:
        """Return the claims of the ID token; None for a wrong code, verifier, or address."""
        self.forms.append({name: str(value) for name, value in form.items()})
        query = self.codes.pop(str(form["code"]), None)
        if query is None or form["redirect_uri"] != query["redirect_uri"] or form["client_id"] != query["client_id"]:
            return None
        digest = sha256(str(form["code_verifier"]).encode()).digest()
        if query["code_challenge_method"] != "S256" or _base64(digest) != query["code_challenge"]:
            return None
        now = int(time.time())
        own = {"aud": query["client_id"], "tid": self.tenant, "oid": self.person, "nonce": query["nonce"]}
        told = {**own, "name": "<b>Somebody</b>", "nbf": now - 60, "exp": now + 3600, "ver": "2.0", **self.claims}
        return {name: value for name, value in told.items() if value is not None}

    def _new_code(self, query: dict[str, str]) -> str:
        code = f"code-{uuid4()}"
        self.codes[code] = query
        return code


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
