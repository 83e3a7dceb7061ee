"""Shared parts of the bench: the fake world, and processes around it."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.bench.bars import Row
from tests.bench.child import AROUND, PRODUCT, Child, ask, module, running
from tests.bench.world import KEY_ID
from tests.fakes.certificates import Certificates, make_certificates
from tests.fakes.postgres import PostgresCluster
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn, SigningKey
from tests.tcp_ports import free_port

WEBHOOK_KEY = "a-key-that-nobody-guesses"


@dataclass
class Report:
    """The result of a part."""

    rows: list[Row] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    """Lines that explain the origin of a ratio."""


@dataclass
class Bench:
    """A running world and the options of the run."""

    folder: Path
    rounds: int
    quick: bool
    certificates: Certificates
    key: SigningKey
    world: Child
    tls_port: int
    postgres: PostgresCluster | None

    def scaled(self, full: int, quick: int) -> int:
        """Return the size: full, or reduced for a smoke run."""
        return quick if self.quick else full

    @property
    def warm_up(self) -> int:
        """Return the number of rounds that do not count."""
        return 0 if self.quick else 1

    @property
    def seconds(self) -> float:
        """Return the seconds for which a side is under load in a round."""
        return 0.15 if self.quick else 3.0

    @property
    def service_url(self) -> str:
        """Return the URL of the connector with TLS, as Teams has."""
        return f"https://127.0.0.1:{self.tls_port}/"

    @property
    def plain_url(self) -> str:
        """Return the URL of the connector without TLS, as the Emulator has."""
        return f"http://127.0.0.1:{self.world.port}/"

    @property
    def dataverse_url(self) -> str:
        """Return the URL of Dataverse, which links begin with."""
        return f"http://127.0.0.1:{self.world.port}/sandbox"

    @property
    def graph_url(self) -> str:
        """Return the URL of Microsoft Graph."""
        return f"http://127.0.0.1:{self.world.port}/bench/graph/v1.0"

    @property
    def authorization(self) -> str:
        """Return the Authorization header of a request by Teams."""
        return FakeSignIn(self.certificates, self.key).bearer(self.service_url)

    def set_world(self, **values: object) -> None:
        """Set delays, and delete what the world recorded."""
        still: dict[str, object] = {"post_s": 0, "token_s": 0, "keys_s": 0, "dataverse_s": 0, "dataverse_hangs": False}
        still["graph_s"] = 0
        ask(self.world.port, "POST", "/_set", {**still, **values})

    def seen(self) -> dict[str, Any]:
        """Return what the world recorded since it was set."""
        found: dict[str, Any] = ask(self.world.port, "GET", "/_seen")[1]
        return found

    def times(self) -> list[tuple[float, str]]:
        """Return the times of posts into each conversation."""
        return [(at, conversation) for at, conversation in ask(self.world.port, "GET", "/_times")[1]]

    def side(self) -> dict[str, str]:
        """Return the environment variables of a side other than the product."""
        return {
            "BENCH_WORLD_PORT": str(self.world.port),
            "BENCH_TLS_URL": self.service_url.rstrip("/"),
            "BENCH_CERTIFICATE": str(self.certificates.certificate),
        }

    def settings(self, database_url: str, **more: str) -> dict[str, str]:
        """Return the product's settings without sign-in."""
        own = {
            "CHATSYNC_DATABASE_URL": database_url,
            "CHATSYNC_DATAVERSE_URL": self.dataverse_url,
            "CHATSYNC_WEBHOOK_KEY": WEBHOOK_KEY,
            "CHATSYNC_CA_FILE": str(self.certificates.certificate),
            "PYTHONPATH": str(PRODUCT),
        }
        return {**own, **more}

    def signed_in(self, database_url: str, **more: str) -> dict[str, str]:
        """Return the product's settings with sign-in, as in production."""
        own = {
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": "let-me-in-with-this",
            "CHATSYNC_ALLOWED_TENANTS": TENANT,
            "CHATSYNC_SERVICE_HOSTS": "127.0.0.1",
            "CHATSYNC_OPENID_URL": f"{self.service_url}openid",
            "CHATSYNC_LOGIN_URL": self.service_url,
        }
        return self.settings(database_url, **own, **more)

    def sqlite(self) -> str:
        """Return the URL of a new database."""
        return f"sqlite+aiosqlite:///{self.folder}/{uuid4().hex}.db"

    def new_postgres(self) -> str:
        """Return the URL of a new database on the bench's own cluster."""
        assert self.postgres
        return asyncio.run(self.postgres.new_database())


@contextmanager
def bench(folder: Path, *, rounds: int, quick: bool, with_postgres: bool) -> Iterator[Bench]:
    """Start everything around the measured processes."""
    certificates, key, tls_port = make_certificates(folder), SigningKey(id=KEY_ID), free_port()
    signing = folder / "signing.pem"
    signing.write_bytes(key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files = [str(each) for each in (certificates.certificate, certificates.key, signing)]
    with ExitStack() as stack:
        cluster = PostgresCluster.found() if with_postgres else None
        if cluster:
            stack.enter_context(cluster)
        environment = {"TLS_PORT": str(tls_port)}
        world = stack.enter_context(running(module("world", *files), folder, environment, cores=AROUND))
        yield Bench(folder, rounds, quick, certificates, key, world, tls_port, cluster)
