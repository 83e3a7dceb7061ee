"""`GET /healthz`: whether the process answers at all."""

from aiohttp import web


async def alive(_request: web.Request) -> web.Response:
    """200, whatever the state of other systems."""
    return web.json_response({"status": "alive"})
