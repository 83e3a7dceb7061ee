"""Read files with a certificate and its private key.

cryptography is already a dependency of the identity library and of token verification.
"""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509 import Certificate, load_pem_x509_certificate

_PEM = b"-----BEGIN"


def load_key_pair(file: bytes, password: str | None) -> tuple[Certificate, rsa.RSAPrivateKey]:
    """Read the certificate and private key of a file (PEM or PKCS 12); raise `ValueError` if either is missing."""
    secret = password.encode() if password else None
    try:
        if _PEM in file:
            return _pair(load_pem_x509_certificate(file), load_pem_private_key(file, secret))
        key, certificate, _ = pkcs12.load_key_and_certificates(file, secret)
    except TypeError as error:
        raise ValueError("the password is missing or not needed") from error
    return _pair(certificate, key)


def _pair(certificate: Certificate | None, key: object) -> tuple[Certificate, rsa.RSAPrivateKey]:
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the certificate or its RSA key is missing")
    if certificate.public_key() != key.public_key():
        raise ValueError("the private key belongs to another certificate")
    return certificate, key
