"""What administrators set for a whole environment (spec S1-S3, Y3, Y5)."""

from dataclasses import dataclass

DEFAULT_SYNC_IDLE_DAYS = 7
"""Use Teams chat in Customer Service: a chat without an update for seven days is not synced any more."""

MAX_SYNC_IDLE_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """The switches of an environment."""

    chats_on: bool
    allowed_roles: tuple[str, ...] = ()
    """The security roles whose holders may use the product; empty: everybody with an enabled user (spec S3)."""
    sync_on: bool = False
    sync_idle_days: int = DEFAULT_SYNC_IDLE_DAYS
    """Days after which a chat without an update is not synced any more; 0 for no limit (spec Y3)."""
    mirror_chats: bool = False
    """Whether connections are mirrored for Dynamics' own pane (spec Y5)."""
