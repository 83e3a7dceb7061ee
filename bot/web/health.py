"""What operators ask a process: whether it lives, whether it can work, and what it has counted."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import Unavailable
from bot.features.operations.check_health import CheckHealth
from bot.features.operations.queue_metrics import QueueDepth, QueueMetrics
from bot.metrics import Metrics

_PROMETHEUS = "text/plain; version=0.0.4"

Handler = Callable[[web.Request], Awaitable[web.Response]]


async def liveness(_request: web.Request) -> web.Response:
    """`GET /healthz`: 200, whatever the state of other systems."""
    return web.json_response({"status": "alive"})


def readiness(check_health: CheckHealth) -> Handler:
    """`GET /readyz`: 200 where every system answers, else 503; in both cases how each of them is."""

    async def handle(_request: web.Request) -> web.Response:
        checked = await check_health()
        well = all(each.ok for each in checked)
        body = {
            "status": "ready" if well else "not ready",
            "checks": {each.name: each.problem or "ok" for each in checked},
        }
        return web.json_response(body, status=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)

    return handle


def metrics_handler(metrics: Metrics, count_waiting: QueueMetrics) -> Handler:
    """`GET /metrics`: what was counted, and what waits at this moment, as Prometheus reads it."""

    async def handle(_request: web.Request) -> web.Response:
        try:
            _show(metrics, await count_waiting())
        except Unavailable:
            # What waits is not known then; what was counted is, and it may tell why.
            _show(metrics, {})
        return web.Response(body=metrics.render(), headers={"Content-Type": _PROMETHEUS})

    return handle


def _show(metrics: Metrics, queues: Mapping[str, QueueDepth]) -> None:
    """Shows what waits in these queues, and nothing of others."""
    metrics.waiting.clear()
    metrics.oldest_seconds.clear()
    metrics.stuck.clear()
    for queue, waits in queues.items():
        metrics.waiting.labels(queue).set(waits.waiting)
        metrics.oldest_seconds.labels(queue).set(waits.oldest_s)
        if waits.stuck is not None:
            metrics.stuck.labels(queue).set(waits.stuck)
