"""What administrators set for a whole environment (spec S1-S3, Y3, Y5)."""

from dataclasses import dataclass

SYNC_IDLE_DAYS = 7
"""Use Teams chat in Customer Service: a chat without an update for seven days is not synced any more."""

SYNC_IDLE_DAYS_AT_MOST = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The switches of an environment."""

    chats_on: bool
    allowed_roles: tuple[str, ...] = ()
    """The security roles whose holders may use the product; empty: everybody with an enabled user (spec S3)."""
    sync_on: bool = False
    sync_idle_days: int = SYNC_IDLE_DAYS
    """Days after which a chat without an update is not synced any more; 0 for no limit (spec Y3)."""
    mirror_chats: bool = False
    """Whether connections are mirrored for Dynamics' own pane (spec Y5)."""
