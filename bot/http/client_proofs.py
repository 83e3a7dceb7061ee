"""Proofs with which an app registration authenticates at the token endpoint: its secret, or a signed assertion.

"Microsoft identity platform application authentication certificate credentials".
"""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import hashes

from bot.http.certificate_files import load_key_pair

_ASSERTION_LASTS_S = 300
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

ClientProof = Callable[[str], Awaitable[Mapping[str, str]]]
"""Returns the fields of a request to this token endpoint; raises `OSError` or `ValueError` for an unreadable file."""


def secret_proof(secret: str) -> ClientProof:
    """Return the proof with a client secret."""

    async def prove(_endpoint: str) -> Mapping[str, str]:
        return {"client_secret": secret}

    return prove


def certificate_proof(client_id: str, file: Path, password: str | None) -> ClientProof:
    """Return the proof with a certificate. The file is read for each proof, so that it can be replaced."""

    async def prove(endpoint: str) -> Mapping[str, str]:
        assertion = await asyncio.to_thread(_assertion, client_id, endpoint, file, password)
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}

    return prove


def _assertion(client_id: str, endpoint: str, file: Path, password: str | None) -> str:
    certificate, key = load_key_pair(file.read_bytes(), password)
    now = int(time.time())
    claims = {"aud": endpoint, "iss": client_id, "sub": client_id, "jti": str(uuid4())}
    times = {"nbf": now - 60, "iat": now, "exp": now + _ASSERTION_LASTS_S}
    thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    return jwt.encode({**claims, **times}, key, "PS256", headers={"x5t#S256": thumbprint})
