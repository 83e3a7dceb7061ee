"""Begin a trace with each request that changes something or asks for data."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.logs import CORRELATION_ID, route_of
from bot.tracing import SpanKind, Tracer


def tracing_middleware(tracer: Tracer, *, untraced: str) -> Middleware:
    """Return a middleware that traces POST requests to known routes, except those below the path `untraced`.

    Pages, static files, and requests of operators are GET requests, and begin no trace.
    """

    @web.middleware
    async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = route_of(request)
        if request.method != "POST" or not route.startswith("/") or route.startswith(untraced):
            return await handler(request)
        # A trace that the sender names is not continued: anyone can send one.
        with tracer.begin(f"POST {route}", SpanKind.SERVER) as step:
            step.set("http.request.method", "POST")
            step.set("http.route", route)
            response = await handler(request)
            step.set("http.response.status_code", response.status)
            step.set("chatsync.correlation_id", request.get(CORRELATION_ID, ""))
            return response

    return trace
