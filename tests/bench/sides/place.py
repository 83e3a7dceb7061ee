"""Environment variables of the sides other than the product. The product has its own settings."""

import os
import ssl
from dataclasses import dataclass

from aiohttp import ClientSession, TCPConnector
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from tests.bench.child import ask

TOKEN = "x" * 1200
"""The fixed outgoing token of the sides that have no token service."""
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses around a side."""

    port: int
    world_port: int
    tls_url: str
    certificate: str

    @property
    def dataverse_url(self) -> str:
        """Return the URL that links begin with."""
        return f"http://127.0.0.1:{self.world_port}/sandbox"

    def session(self) -> ClientSession:
        """Create a connection pool like the product's."""
        context = ssl.create_default_context(cafile=self.certificate)
        return ClientSession(connector=TCPConnector(limit=100, ssl=context))

    def signing_key(self) -> RSAPublicKey:
        """Return the key that signs requests; read it once."""
        _, found = ask(self.world_port, "GET", "/keys")
        key = RSAAlgorithm.from_jwk(found["keys"][0])
        assert isinstance(key, RSAPublicKey)
        return key


def place() -> Place:
    """Return the addresses of this process."""
    names = ("PORT", "BENCH_WORLD_PORT", "BENCH_TLS_URL", "BENCH_CERTIFICATE")
    port, world_port, tls_url, certificate = (os.environ.get(name, "0") for name in names)
    return Place(int(port), int(world_port), tls_url, certificate)
