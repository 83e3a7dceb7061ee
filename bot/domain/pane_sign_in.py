"""The sign-in window of the pane: one secret for each attempt, and values that only its owner can compute. Pure."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from bot.domain.pane_sessions import PaneIdentity

SIGN_IN_WITHIN = timedelta(minutes=5)
"""Time from the first request of the window until the page has the session."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""Form of 32 random bytes in Base64 for addresses."""


class SignInFailure(StrEnum):
    """Reasons for which a sign-in window cannot finish."""

    DECLINED = "declined"
    CONSENT = "consent"
    TENANT = "tenant"
    COOKIES = "cookies"
    OVER = "over"
    ANOTHER = "another"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class SignInSecret:
    """The secret that the page in Dynamics 365 made for one sign-in.

    Everything that Microsoft Entra ID sees is derived from it, in one direction. So the database contains nothing with
    which a sign-in could be finished.
    """

    _text: str = field(repr=False)

    @property
    def text(self) -> str:
        """The secret itself, for the cookie of the window."""
        return self._text

    @property
    def digest(self) -> str:
        """The name of the sign-in in the database."""
        return sha256(self._text.encode()).hexdigest()

    @property
    def state(self) -> str:
        """The value that Entra returns with its answer."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """The value that the ID token must contain."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """The secret of "Proof Key for Code Exchange" (RFC 7636)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The digest of the verifier."""
        return _base64(sha256(self.verifier.encode()).digest())

    def is_state(self, text: str) -> bool:
        """Check a returned state."""
        return hmac.compare_digest(self.state.encode(), text.encode("utf-8", "surrogatepass"))

    def is_nonce(self, text: str) -> bool:
        """Check the nonce of an ID token."""
        return hmac.compare_digest(self.nonce.encode(), text.encode("utf-8", "surrogatepass"))

    def _derived(self, purpose: str) -> str:
        return _base64(hmac.digest(self._text.encode(), purpose.encode(), sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInResult:
    """The result of a sign-in window: the person, or the reason for which it failed."""

    identity: PaneIdentity | None = None
    failure: SignInFailure | None = None


def parse_secret(value: object) -> SignInSecret | None:
    """Return a secret in the form that pages make it, or None for anything else."""
    return SignInSecret(value) if isinstance(value, str) and _SECRET.fullmatch(value) else None


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
