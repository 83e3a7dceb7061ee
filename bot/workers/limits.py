"""How much a process takes on, how fast it goes and how long people wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.workers.rate_windows import CHAT_WINDOWS, SYNC_WINDOW, TENANT_WINDOW, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process may do; the windows count over all processes."""

    concurrency: int = 50
    """Lanes side by side."""
    lease: timedelta = timedelta(seconds=10)
    """How long a lane stays with a worker that is not heard of; a living one renews it three times as often."""
    poll_interval: timedelta = timedelta(seconds=5)
    """How long a worker rests at most, should the word of new work not have reached it."""
    answer_within_s: float = 2.5
    """Every answer leaves within three seconds (spec Q2), and building and sending it takes its time too."""
    chat: Sequence[Window] = CHAT_WINDOWS
    tenant: Window | None = TENANT_WINDOW
    sync: Window | None = SYNC_WINDOW
    """Requests to each Dataverse environment for rows of chats."""
    row_interval: timedelta = timedelta(seconds=5)
    """At most one write of such a row in this time (spec Y4)."""
    graph_pace_s: float = 1.0
    """From one call of Microsoft Graph on a chat to the next: it takes one a second ("Throttling limits", Teams)."""
