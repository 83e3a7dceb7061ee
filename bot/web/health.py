"""Routes for operators: liveness, readiness, and metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from math import nan

from aiohttp import web

from bot.domain.errors import Unavailable
from bot.features.operations.check_health import CheckHealth, CheckResult
from bot.features.operations.queue_metrics import QueueMetrics, StoredMetrics
from bot.metrics import Metrics
from bot.runtime.single_flight import SingleFlight

_PROMETHEUS = "text/plain; version=0.0.4"

Handler = Callable[[web.Request], Awaitable[web.Response]]


async def liveness(_request: web.Request) -> web.Response:
    """Answer `GET /healthz` with 200, regardless of other systems."""
    return web.json_response({"status": "alive"})


def readiness(check_health: CheckHealth) -> Handler:
    """Create the handler of `GET /readyz`: 200 if every check passes, otherwise 503, with the result of each check."""

    async def handle(_request: web.Request) -> web.Response:
        results = await check_health()
        is_ready = all(each.ok for each in results)
        body = {
            "status": "ready" if is_ready else "not ready",
            "checks": {each.name: each.problem or "ok" for each in results},
        }
        return web.json_response(body, status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)

    return handle


def metrics_handler(metrics: Metrics, read_stored: QueueMetrics, check_health: CheckHealth) -> Handler:
    """Create the handler of `GET /metrics`: counters, and what is read now, in the format of Prometheus."""

    async def read() -> StoredMetrics:
        try:
            return await read_stored()
        except Unavailable:
            # Without the database, the counters are still available and may explain the cause.
            return StoredMetrics(queues={}, subscription_expiry_s=nan)

    async def render() -> bytes:
        stored, results = await asyncio.gather(read(), check_health())
        _set_stored(metrics, stored)
        _set_ready(metrics, results)
        return metrics.render()

    # Anyone can ask, and it costs as much as a card. Those who ask at the same time share one answer.
    rendering = SingleFlight(render)

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=await rendering.result(), headers={"Content-Type": _PROMETHEUS})

    return handle


def _set_ready(metrics: Metrics, results: Sequence[CheckResult]) -> None:
    for each in results:
        metrics.ready.labels(each.name).set(each.ok)


def _set_stored(metrics: Metrics, stored: StoredMetrics) -> None:
    """Set the gauges of these queues, and remove all others."""
    metrics.subscription_expiry_seconds.set(stored.subscription_expiry_s)
    metrics.waiting.clear()
    metrics.oldest_seconds.clear()
    metrics.stuck.clear()
    for queue, depth in stored.queues.items():
        metrics.waiting.labels(queue).set(depth.waiting)
        metrics.oldest_seconds.labels(queue).set(depth.oldest_s)
        if depth.stuck is not None:
            metrics.stuck.labels(queue).set(depth.stuck)
