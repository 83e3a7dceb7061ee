"""The world around the bot in one process: connector, keys, token service, and a Dataverse with recorded answers.

`POST /_set` sets delays, `GET /_seen` tells what came. Run by `python -m tests.bench.world <certificates> <key>`.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.clock import SystemClock
from bot.sandbox.app import SandboxSettings, make_sandbox
from tests.bench.graph_answers import graph_answer
from tests.bench.http_peer import JSON, Answer, HttpRequest, Peer
from tests.fakes.certificates import Certificates
from tests.fakes.sign_in import ISSUER, SigningKey
from tests.tcp_ports import free_port

KEY_ID = "bench"
_GRAPH = b"/bench/graph/v1.0/"


@dataclass
class World:
    """The answers of the world, and the requests that it received."""

    key: SigningKey
    tls_url: str
    sandbox: str
    session: ClientSession
    post_s: float = 0
    token_s: float = 0
    keys_s: float = 0
    dataverse_s: float = 0
    dataverse_hangs: bool = False
    graph_s: float = 0
    graph_requests: int = 0
    dataverse_requests: int = 0
    posts: list[tuple[float, str]] = field(default_factory=list)
    """Times of the posts into each conversation."""
    tokens: int = 0
    connections: set[int] = field(default_factory=set)
    """Connections that carried posts."""
    _known: dict[tuple[bytes, ...], tuple[int, bytes, str]] = field(default_factory=dict)

    def handle(self, asked: HttpRequest, answer: Answer) -> None:
        """Answer a request, now or later."""
        if asked.path.startswith(b"/v3/conversations/"):
            self._post(asked, answer)
        elif asked.path.startswith(_GRAPH):
            self._graph(asked, answer)
        elif asked.path.startswith(b"/sandbox/"):
            self._dataverse(asked, answer)
        elif asked.path.endswith(b"/token"):
            self.tokens += 1
            given = {"token_type": "Bearer", "expires_in": 3600, "access_token": "x" * 1200}
            _later(self.token_s, answer, given)
        elif asked.path == b"/openid":
            _later(self.keys_s, answer, {"issuer": ISSUER, "jwks_uri": f"{self.tls_url}/keys"})
        elif asked.path == b"/keys":
            _later(self.keys_s, answer, {"keys": [self.key.public(["msteams"])]})
        else:
            self._control(asked, answer)

    def _post(self, asked: HttpRequest, answer: Answer) -> None:
        self.posts.append((asyncio.get_running_loop().time(), asked.path.split(b"/")[3].decode()))
        self.connections.add(id(asked.connection))
        _later(self.post_s, answer, {"id": "1:1"}, 201)

    def _control(self, asked: HttpRequest, answer: Answer) -> None:
        if asked.path == b"/_seen":
            answer(200, json.dumps(self._seen()).encode())
        elif asked.path == b"/_times":
            answer(200, json.dumps(self.posts).encode())
        elif asked.path == b"/_set":
            self.posts, self.tokens, self.connections, self.graph_requests = [], 0, set(), 0
            self.dataverse_requests = 0
            vars(self).update(json.loads(asked.body))
            answer(200, b"{}")
        else:
            answer(200 if asked.path == b"/healthz" else 404, b"{}")

    def _seen(self) -> dict[str, Any]:
        last = self.posts[-1][0] if self.posts else 0
        return {
            "posts": len(self.posts),
            "last": last,
            "tokens": self.tokens,
            "connections": len(self.connections),
            "graph": self.graph_requests,
            "dataverse": self.dataverse_requests,
        }

    def _graph(self, asked: HttpRequest, answer: Answer) -> None:
        self.graph_requests += 1
        base = f"http://{asked.header(b'host').decode()}{_GRAPH.decode()[:-1]}"
        _later(self.graph_s, answer, graph_answer(base, asked.path[len(_GRAPH) :].decode(), asked.body))

    def _dataverse(self, asked: HttpRequest, answer: Answer) -> None:
        """Answer as the sandbox answered the first request of this kind."""
        self.dataverse_requests += 1
        if self.dataverse_hangs:
            return
        known = self._known.get(_kind(asked))
        if known and self.dataverse_s:
            asyncio.get_running_loop().call_later(self.dataverse_s, answer, *known)
        elif known:
            answer(*known)
        else:
            task = asyncio.ensure_future(self._ask_sandbox(asked, answer))
            task.add_done_callback(lambda done: done.result())

    async def _ask_sandbox(self, asked: HttpRequest, answer: Answer) -> None:
        caller, content_type = asked.header(b"callerobjectid"), asked.header(b"content-type")
        headers = {"Prefer": 'odata.include-annotations="*"'}
        headers |= {"CallerObjectId": caller.decode()} if caller else {}
        headers |= {"Content-Type": content_type.decode()} if content_type else {}
        url = self.sandbox + asked.path.decode()
        async with self.session.request(asked.method.decode(), url, headers=headers, data=asked.body) as found:
            content = await found.read()
            self._known[_kind(asked)] = (found.status, content, found.headers.get("Content-Type", JSON))
        answer(*self._known[_kind(asked)])


def _kind(asked: HttpRequest) -> tuple[bytes, ...]:
    """Return what requests with the same answer have in common. Each batch has a boundary of its own."""
    boundary = asked.header(b"content-type").partition(b"boundary=")[2]
    body = asked.body.replace(boundary, b"") if boundary else asked.body
    return asked.method, asked.path, asked.header(b"callerobjectid"), body


def _later(seconds: float, answer: Answer, body: object, status: int = 200) -> None:
    content = json.dumps(body).encode()
    if seconds:
        asyncio.get_running_loop().call_later(seconds, answer, status, content)
    else:
        answer(status, content)


async def _serve(port: int, tls_port: int, certificates: Certificates, key: RSAPrivateKey) -> None:
    sandbox_port = free_port()
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    app = web.Application()
    told = SandboxSettings(
        url=f"http://127.0.0.1:{port}/sandbox", webhook_url=f"{sandbox}/no", webhook_key="", file=None
    )
    app.add_subapp("/sandbox", make_sandbox(told, now=SystemClock().now))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", sandbox_port).start()
    async with ClientSession() as session:
        signing = SigningKey(id=KEY_ID, private=key)
        world = World(key=signing, tls_url=f"https://127.0.0.1:{tls_port}", sandbox=sandbox, session=session)
        await _listen(world, port, tls_port, certificates)


async def _listen(world: World, port: int, tls_port: int, certificates: Certificates) -> None:
    loop, peer = asyncio.get_running_loop(), partial(Peer, world.handle)
    await loop.create_server(peer, "127.0.0.1", tls_port, ssl=certificates.server_context(), backlog=4096)
    plain = await loop.create_server(peer, "127.0.0.1", port, backlog=4096)
    await plain.serve_forever()


def main() -> None:
    """Serve on `PORT` and, with TLS, on `TLS_PORT`."""
    certificate, tls_key, signing_key = map(Path, sys.argv[1:4])
    key = load_pem_private_key(signing_key.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    certificates = Certificates(certificate=certificate, key=tls_key)
    asyncio.run(_serve(int(os.environ["PORT"]), int(os.environ["TLS_PORT"]), certificates, key))


if __name__ == "__main__":
    main()
