"""Delivery of webhook requests from the queue of system jobs, one at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import orjson
import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.sandbox.dataverse.webhook.context import OPTIONAL_PARTS
from bot.sandbox.dataverse.webhook.jobs import JOBS
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.sample_data.ids import ENDPOINT_ID
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Changes
from bot.sandbox.storage.store import Store, WriteFailed
from bot.sandbox.values import Row, Value

TIMEOUT_S = 60.0
"""Time that Dataverse waits for a receiver ("Use webhooks")."""

RETRYABLE_STATUSES = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
"""Statuses after which Dataverse retries once."""

MAX_COMPLETED_JOBS = 50
"""Number of completed system jobs that remain readable."""

LISTEN_ATTEMPTS, LISTEN_INTERVAL_S = 600, 0.05
"""Attempts and interval for checking whether the webhook of this process already listens."""

_READY, _COMPLETED = 0, 3
_SUCCEEDED, _FAILED = 30, 31

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The result of a system job."""

    succeeded: bool
    message: str
    retries: int


class WebhookSender:
    """Processes the system jobs in the order of their creation."""

    def __init__(
        self, store: Store, session: ClientSession, settings: SandboxSettings, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._session = session
        self._settings = settings
        self._now = now
        self._changed = asyncio.Event()
        store.add_listener(self._wake)

    async def run(self) -> None:
        """Send until canceled. Unsent jobs are sent after the next start."""
        if self._next():
            await self._until_listening()
        while True:
            self._changed.clear()
            job = self._next()
            if job is None:
                await self._changed.wait()
                continue
            await self._finish(job, await self._send(job))

    def _wake(self, changes: Changes) -> None:
        if any(row.table == JOBS for row in changes.put):
            self._changed.set()

    def _next(self) -> Row | None:
        return next((job for job in self._store.rows.all(JOBS) if job.number("statecode") == _READY), None)

    async def _until_listening(self) -> None:
        """Wait for the webhook of this process, because jobs of an earlier run may start before it listens."""
        url = URL(self._settings.webhook_url)
        for _ in range(LISTEN_ATTEMPTS):
            if await _listens(url):
                return
            await asyncio.sleep(LISTEN_INTERVAL_S)
        _log.warning("sandbox.webhook_not_listening", host=url.host, port=url.port)

    async def _send(self, job: Row) -> JobResult:
        step = self._store.rows.find(job.target("owningextensionid"))
        endpoint = self._store.rows.find(step.target("eventhandler")) if step else None
        if endpoint is None:
            return JobResult(succeeded=False, message="The step or its endpoint no longer exists.", retries=0)
        status, message = await self._post(job, endpoint)
        retries = int(status in RETRYABLE_STATUSES)
        if retries:
            status, message = await self._post(job, endpoint)
        succeeded = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        return JobResult(succeeded=succeeded, message=message, retries=retries)

    async def _post(self, job: Row, endpoint: Row) -> tuple[int, str]:
        """Post once. Return the response's status, or 0 without a response, and a message."""
        url, key = self._address(endpoint)
        try:
            async with self._session.post(
                URL(url).update_query(code=key),
                data=job.text("data").encode(),
                headers=self._headers(job),
                timeout=ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                return response.status, f"The webhook returned {response.status}."
        except (ClientError, TimeoutError, ValueError) as error:
            return 0, f"The webhook did not respond: {type(error).__name__}."

    def _address(self, endpoint: Row) -> tuple[str, str]:
        """Return the endpoint's URL and key. The key of the sandbox's own endpoint is a setting and is not stored."""
        own_key = self._settings.webhook_key if endpoint.id == ENDPOINT_ID else ""
        return endpoint.text("url"), endpoint.text("authvalue") or own_key

    def _headers(self, job: Row) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "x-ms-dynamics-organization": URL(self._settings.url).authority,
            "x-ms-dynamics-entity-name": job.text("primaryentitytype"),
            "x-ms-dynamics-request-name": job.text("messagename"),
            "x-ms-correlation-request-id": job.text("correlationid"),
        }
        if OPTIONAL_PARTS[0] not in orjson.loads(job.text("data")):
            headers["x-ms-dynamics-msg-size-exceeded"] = "True"
        return headers

    async def _finish(self, job: Row, result: JobResult) -> None:
        at = instant(self._now())
        completed: dict[str, Value] = {
            "statecode": _COMPLETED,
            "statuscode": _SUCCEEDED if result.succeeded else _FAILED,
            "message": result.message,
            "retrycount": result.retries,
            "completedon": at,
            "modifiedon": at,
        }
        try:
            async with self._store.transaction() as transaction:
                transaction.update(transaction.get(JOBS, job.id) or job, completed)
                completed_jobs = [row for row in transaction.all(JOBS) if row.number("statecode") == _COMPLETED]
                for row in completed_jobs[:-MAX_COMPLETED_JOBS]:
                    transaction.remove(row)
        except WriteFailed:
            _log.exception("sandbox.job_result_not_saved")
            await self._changed.wait()


async def _listens(url: URL) -> bool:
    try:
        _, writer = await asyncio.open_connection(url.host, url.port)
    except OSError:
        return False
    writer.close()
    return True
