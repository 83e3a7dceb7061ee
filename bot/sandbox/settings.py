"""What the sandbox is told from outside."""

from dataclasses import dataclass, field
from pathlib import Path

ORGANIZATION_ID = "00000000-0000-4000-9000-00000000c0de"
CATALOG_ID = "00000005-0000-4000-9000-000000000001"
"""The app's id in the organisation's catalog, which is not the one in its manifest."""
ORGANIZATION_NAME = "unq5a4db0c5a4db0c"
"""The unique name that events carry; it is not the host's ("Use webhooks")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """Where the sandbox is, whom it tells of changes, and where it keeps them."""

    url: str
    """Where it is reached, such as `http://127.0.0.1:3978/sandbox`."""
    webhook_url: str
    webhook_key: str = field(repr=False)
    file: Path | None
    """Where changes are kept; None keeps them in memory alone."""
    messages_url: str = ""
    """Where the bot takes activities; empty where nobody is to be told of chats."""
    app_id: str = "00000000-0000-0000-0000-000000000000"
    """The app id in the bot's manifest; zeros for a bot that has none."""
    app_permissions: tuple[str, ...] = ()
    """What the bot's manifest asks of chats and teams ("Resource-specific consent")."""
