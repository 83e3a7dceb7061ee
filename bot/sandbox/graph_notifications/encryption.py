"""Encryption of resource data ("Set up change notifications that include resource data")."""

import base64
import hashlib
import hmac
import os

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509 import Certificate, load_der_x509_certificate

from bot.sandbox.values import JsonObject

_KEY_BYTES = 32
_IV_BYTES = 16


def load_certificate(text: str) -> tuple[Certificate, rsa.RSAPublicKey]:
    """Load a subscription's certificate and its public key. Raise `ValueError` if it has no RSA key."""
    certificate = load_der_x509_certificate(base64.b64decode(text, validate=True))
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("The certificate's key is not an RSA key.")  # noqa: TRY004 - the text is invalid, not its type
    return certificate, public


def encrypt(data: JsonObject, certificate_text: str, certificate_id: str) -> JsonObject:
    """Encrypt the data for the owner of the certificate."""
    (certificate, public), key = load_certificate(certificate_text), os.urandom(_KEY_BYTES)
    padder = PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_IV_BYTES])).encryptor()
    content = encryptor.update(padder.update(orjson.dumps(data)) + padder.finalize()) + encryptor.finalize()
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - Graph's choice
    return {
        "data": _text(content),
        "dataKey": _text(public.encrypt(key, oaep)),
        "dataSignature": _text(hmac.digest(key, content, hashlib.sha256)),
        "encryptionCertificateId": certificate_id,
        "encryptionCertificateThumbprint": certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - as above
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
