"""A reverse proxy that ends TLS, as in production: browsers keep `__Host-` cookies only over https."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.fakes.certificates import Certificates


@asynccontextmanager
async def tls_proxy(certificates: Certificates, port: int, to_port: int) -> AsyncIterator[None]:
    """Pass connections on to another port of this machine."""
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", to_port)
            for each in (_pass_on(reader, inner_writer), _pass_on(inner_reader, writer)):
                task = asyncio.create_task(each)
                running.add(task)
                task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", port, ssl=certificates.server_context())
    try:
        yield
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while content := await reader.read(65_536):
                writer.write(content)
                await writer.drain()
    finally:
        writer.close()
