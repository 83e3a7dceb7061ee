"""Decrypt resource data of notifications ("Set up change notifications that include resource data"). Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate as X509Certificate

from bot.http.certificate_files import load_key_pair
from bot.text.json_text import loads

_IV_BYTES = 16
_SHA1 = hashes.SHA1()  # noqa: S303 - Graph's choice; safe as OAEP uses it
_OAEP = padding.OAEP(mgf=padding.MGF1(_SHA1), algorithm=_SHA1, label=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedData:
    """Encrypted resource data of a notification, base64-encoded."""

    content: str
    key: str
    signature: str
    certificate_id: str


class Certificate:
    """A certificate that Graph encrypts with, and the private key that decrypts."""

    def __init__(self, certificate: X509Certificate, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.certificate = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
        """The certificate without its private key, as a subscription needs it."""
        self.id = certificate.fingerprint(hashes.SHA256()).hex()
        """The ID by which a notification names the certificate."""

    def decrypt(self, encrypted: EncryptedData) -> Mapping[str, object]:
        """Decrypt the data; raise `ValueError` if it was encrypted for another certificate or has been altered."""
        if encrypted.certificate_id != self.id:
            raise ValueError("encrypted for another certificate")
        key, content = self._key.decrypt(_bytes(encrypted.key), _OAEP), _bytes(encrypted.content)
        # Verify before decrypting, so that altered data always fails in the same way.
        if not hmac.compare_digest(hmac.digest(key, content, hashlib.sha256), _bytes(encrypted.signature)):
            raise ValueError("the signature does not match")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_IV_BYTES])).decryptor()
        unpadder = PKCS7(algorithms.AES.block_size).unpadder()
        decrypted = unpadder.update(decryptor.update(content) + decryptor.finalize()) + unpadder.finalize()
        data = loads(decrypted)
        if not isinstance(data, dict):
            raise ValueError("the data is not a JSON object")  # noqa: TRY004 - the data is wrong, not a type in the program
        return data


def load_certificate(file: bytes, password: str | None) -> Certificate:
    """Read the certificate and private key of a file (PEM or PKCS 12); raise `ValueError` if either is missing."""
    return Certificate(*load_key_pair(file, password))


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
