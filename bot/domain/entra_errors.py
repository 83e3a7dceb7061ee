"""Errors of Microsoft Entra ID ("Microsoft Entra authentication and authorization error codes"). Pure."""

import re

from bot.domain.pane_sign_in import SignInFailure

_CODE = re.compile(r"AADSTS\d{4,8}")
_MAX_TEXT = 4_000

_FAILURES = {
    "AADSTS65004": SignInFailure.DECLINED,
    "AADSTS65001": SignInFailure.CONSENT,
    "AADSTS90094": SignInFailure.CONSENT,
    "AADSTS90095": SignInFailure.CONSENT,
    "AADSTS50020": SignInFailure.TENANT,
}
_NAMES = {
    "access_denied": SignInFailure.DECLINED,
    "consent_required": SignInFailure.CONSENT,
    "interaction_required": SignInFailure.CONSENT,
    "temporarily_unavailable": SignInFailure.UNAVAILABLE,
    "server_error": SignInFailure.UNAVAILABLE,
}


def parse_error_code(description: str) -> str | None:
    """Return the code in a description. The rest of the text is not trusted."""
    found = _CODE.search(description[:_MAX_TEXT])
    return found.group() if found else None


def sign_in_failure(name: str, description: str) -> SignInFailure:
    """Return the reason for which a sign-in page sent the person back without a code."""
    by_code = _FAILURES.get(parse_error_code(description) or "")
    return by_code or _NAMES.get(name, SignInFailure.REJECTED)
