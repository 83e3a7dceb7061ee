"""Resource data that Graph encrypts for us ("Set up change notifications that include resource data"). Pure.

cryptography is used because it is what the identity library and the check of tokens stand on already.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509 import Certificate as X509Certificate
from cryptography.x509 import load_pem_x509_certificate

_PEM = b"-----BEGIN"
_IV_BYTES = 16
_SHA1 = hashes.SHA1()  # noqa: S303 - Graph's choice; as OAEP uses it, it is sound
_OAEP = padding.OAEP(mgf=padding.MGF1(_SHA1), algorithm=_SHA1, label=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedData:
    """Encrypted resource data as a notification carries it: texts in base64."""

    content: str
    key: str
    signature: str
    certificate_id: str


class Certificate:
    """A certificate that Graph encrypts with, and its private key that opens what was encrypted."""

    def __init__(self, certificate: X509Certificate, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.certificate = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
        """As a subscription brings it: without the private key."""
        self.id = certificate.fingerprint(hashes.SHA256()).hex()
        """By which a notification names it."""

    def decrypt(self, encrypted: EncryptedData) -> Mapping[str, object]:
        """The resource data; raises `ValueError` for what was not encrypted for us, or changed on its way."""
        if encrypted.certificate_id != self.id:
            raise ValueError("encrypted for another certificate")
        key, content = self._key.decrypt(_bytes(encrypted.key), _OAEP), _bytes(encrypted.content)
        # Before anything is decrypted: what was tampered with must not be told apart by how it fails.
        if not hmac.compare_digest(hmac.digest(key, content, hashlib.sha256), _bytes(encrypted.signature)):
            raise ValueError("the signature does not fit")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_IV_BYTES])).decryptor()
        unpadder = PKCS7(algorithms.AES.block_size).unpadder()
        plain = unpadder.update(decryptor.update(content) + decryptor.finalize()) + unpadder.finalize()
        opened = orjson.loads(plain)
        if not isinstance(opened, dict):
            raise ValueError("no JSON object")  # noqa: TRY004 - it is what was sent that is wrong
        return opened


def load_certificate(file: bytes, password: str | None) -> Certificate:
    """The certificate and private key in a file (PEM or PKCS 12); raises `ValueError` for what holds no such two."""
    secret = password.encode() if password else None
    try:
        if _PEM in file:
            return _certificate(load_pem_x509_certificate(file), load_pem_private_key(file, secret))
        key, certificate, _ = pkcs12.load_key_and_certificates(file, secret)
    except TypeError as error:
        raise ValueError("a password is missing, or one is set that is not needed") from error
    return _certificate(certificate, key)


def _certificate(certificate: X509Certificate | None, key: object) -> Certificate:
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("no certificate with the RSA key that belongs to it")
    if certificate.public_key() != key.public_key():
        raise ValueError("the private key belongs to another certificate")
    return Certificate(certificate, key)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
