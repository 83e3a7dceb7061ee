"""Certificates for resource data: the accepted files, and decryption by the right certificate only."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.errors import BadRequest
from bot.domain.limits import Limits
from bot.graph.encrypted_data import Certificate, EncryptedData, load_certificate
from bot.sandbox.graph_notifications.encryption import encrypt
from bot.wiring.services import build_runtime
from tests.fakes.certificates import Certificates, make_certificates

JSON_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


def pem(own: Certificates) -> bytes:
    return own.certificate.read_bytes() + own.key.read_bytes()


def packed(own: Certificates, password: bytes | None) -> bytes:
    """Return the same as PKCS 12."""
    key = serialization.load_pem_private_key(own.key.read_bytes(), None)
    certificate = load_pem_x509_certificate(own.certificate.read_bytes())
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"own", key, certificate, None, protection)  # type: ignore[arg-type] # an RSA key


def encrypted(seal: Certificate, topic: str) -> EncryptedData:
    """Return a chat as the sandbox encrypts it."""
    content = encrypt({"topic": topic}, seal.certificate, seal.id)
    return EncryptedData(
        content=str(content["data"]),
        key=str(content["dataKey"]),
        signature=str(content["dataSignature"]),
        certificate_id=seal.id,
    )


@pytest.fixture(scope="session")
def seal(certificates: Certificates) -> Certificate:
    return load_certificate(pem(certificates), None)


@given(topic=JSON_TEXT)
def test_what_was_encrypted_for_the_certificate_is_read_as_it_was(seal: Certificate, topic: str) -> None:
    assert seal.decrypt(encrypted(seal, topic)) == {"topic": topic}


@given(flipped=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_bit_that_was_changed_on_its_way_is_found(seal: Certificate, flipped: int, bit: int) -> None:
    good = encrypted(seal, "Pump vibrates")
    content = bytearray(base64.b64decode(good.content))
    content[flipped % len(content)] ^= 1 << bit
    changed = EncryptedData(
        content=base64.b64encode(content).decode(),
        key=good.key,
        signature=good.signature,
        certificate_id=good.certificate_id,
    )
    with pytest.raises(ValueError, match="signature"):
        seal.decrypt(changed)


def test_a_file_is_pem_or_pkcs_12_with_a_password_or_without(certificates: Certificates, seal: Certificate) -> None:
    for file, password in ((packed(certificates, None), None), (packed(certificates, b"open"), "open")):
        assert load_certificate(file, password).id == seal.id


def test_files_without_a_certificate_and_the_key_that_belongs_to_it_are_refused(
    certificates: Certificates, tmp_path: Path
) -> None:
    other = make_certificates(tmp_path)
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for file, password in (
        (b"", None),
        (b"-----BEGIN nothing", None),
        (certificates.certificate.read_bytes(), None),
        (certificates.key.read_bytes(), None),
        (certificates.certificate.read_bytes() + other.key.read_bytes(), None),
        (certificates.certificate.read_bytes() + curve, None),
        (pem(certificates), "not needed"),
        (packed(certificates, b"open"), None),
        (packed(certificates, b"open"), "wrong"),
    ):
        with pytest.raises(ValueError, match=r"."):
            load_certificate(file, password)


async def test_a_file_that_cannot_be_read_does_not_allow_a_start_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notifications.pem"
    file.write_bytes(b"no certificate")
    with pytest.raises(BadRequest, match="CHATSYNC_GRAPH_CERTIFICATE_FILE"):
        await build_runtime(Settings(graph_certificate_file=str(file)), SystemClock(), Limits())
