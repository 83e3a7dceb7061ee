"""Signatures of data that a client returns to the bot unchanged. Pure."""

import hmac
import json
from collections.abc import Iterable, Sequence


def sign(key: bytes, purpose: str, values: Sequence[str]) -> str:
    """Return the signature of the values as hexadecimal text. A signature for one purpose is not valid for another."""
    # JSON keeps the values apart: "a", "bc" differs from "ab", "c".
    message = json.dumps([purpose, *values]).encode()
    return hmac.digest(key, message, "sha256").hex()


def is_signed(keys: Iterable[bytes], purpose: str, values: Sequence[str], signature: str) -> bool:
    """Check whether one of the keys signed exactly these values for this purpose."""
    given = signature.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(sign(key, purpose, values).encode(), given) for key in keys)
