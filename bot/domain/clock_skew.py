"""Times that other systems report, compared with the time of receipt. Pure."""

from datetime import datetime, timedelta

MAX_AHEAD = timedelta(minutes=5)
"""Maximum time by which the clock of another system may be ahead."""


def is_ahead(reported: datetime, received_at: datetime) -> bool:
    """Check whether the reported time is too far in the future to be true."""
    return reported - received_at > MAX_AHEAD
