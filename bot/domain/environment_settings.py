"""Settings of a whole environment (spec S1-S3, Y3, Y5, P4, P12)."""

from dataclasses import dataclass

DEFAULT_SYNC_IDLE_DAYS = 7
"""Use Teams chat in Customer Service: sync stops for a chat without an update for seven days."""

MAX_SYNC_IDLE_DAYS = 3650

MAX_PANE_APPS = 200
"""Chosen model-driven apps; without a choice, all of them show the pane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """The settings that apply to a whole environment."""

    chats_on: bool
    allowed_roles: tuple[str, ...] = ()
    """Security roles whose holders can use the product. Empty allows everyone with an enabled user (spec S3)."""
    sync_on: bool = False
    sync_idle_days: int = DEFAULT_SYNC_IDLE_DAYS
    """Days without an update after which sync of a chat stops; 0 for no limit (spec Y3)."""
    mirror_chats: bool = False
    """True if connections are copied for the Dynamics 365 chat pane (spec Y5)."""
    other_chats: bool = True
    """True if the pane without a record also lists chats that are not connected to one (spec P4)."""
    pane_apps: tuple[str, ...] | None = None
    """Unique names of the model-driven apps that show chats in the pane; None for all, also future ones (spec P12)."""

    def shows_pane_in(self, app: str) -> bool:
        """Return whether the pane shows chats in the app. An app that the page does not name counts as chosen."""
        return not app or self.pane_apps is None or app in self.pane_apps
