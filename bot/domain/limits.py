"""Limits of a process: concurrency, rates, and deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.rate_windows import CHAT_WINDOWS, SYNC_WINDOW, TENANT_WINDOW, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Limits of the HTTP server, which strangers can reach."""

    head_within_s: float = 10
    """Time for the headers of a request, from the first byte, or from the start of the connection."""
    body_within_s: float = 10
    """Time for the body of a request."""
    idle_s: float = 75
    """Time that a connection may be idle between two requests, or take to receive a response."""
    connections: int = 1_000
    """Maximum number of connections. If the process may open fewer files, it accepts fewer connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one process; the rate windows apply to all processes together."""

    concurrency: int = 50
    """Maximum number of concurrent lanes."""
    lease: timedelta = timedelta(seconds=10)
    """Time until the lease of a lane expires if its worker dies; a live worker renews it three times as often."""
    poll_interval: timedelta = timedelta(seconds=5)
    """Maximum time that a worker sleeps, in case a notification of new work got lost."""
    answer_within_s: float = 2.5
    """Every response is due within three seconds (spec Q2), and rendering and sending it takes time as well."""
    refuse_after_s: float = 2.0
    """Time after which strangers to a chat are refused. It is longer than the checks, which differ for each chat."""
    chat: Sequence[Window] = CHAT_WINDOWS
    tenant: Window | None = TENANT_WINDOW
    sync: Window | None = SYNC_WINDOW
    """Limit of requests to each Dataverse environment for rows of chats."""
    row_interval: timedelta = timedelta(seconds=5)
    """Minimum time between two writes of such a row (spec Y4)."""
    graph_pace_s: float = 1.0
    """Time between two calls of Microsoft Graph on one chat: the limit is one call a second ("Throttling limits",
    Teams).
    """
    check_after: timedelta = timedelta(seconds=5)
    """Time from the start to the first search for missed changes. Delayed events arrive first, and name the author."""
    delete_after: timedelta = timedelta(minutes=1)
    """Time from the start to the first deletion of old rows. A process that starts has more urgent work."""
    http: HttpLimits = HttpLimits()
