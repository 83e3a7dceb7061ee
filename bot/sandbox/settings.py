"""Settings of the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.values import JsonObject

ORGANIZATION_ID = "00000000-0000-4000-9000-00000000c0de"
CATALOG_ID = "00000005-0000-4000-9000-000000000001"
"""ID of the app in the organization's catalog, which differs from the ID in its manifest."""
ORGANIZATION_NAME = "unq5a4db0c5a4db0c"
"""Unique name of the organization in events, which is not its host name ("Use webhooks")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """Addresses, keys, and files of the sandbox."""

    url: str
    """Base address of the sandbox, such as `http://127.0.0.1:3978/sandbox`."""
    webhook_url: str
    webhook_key: str = field(repr=False)
    file: Path | None
    """File that stores the changes, or None to store them only in memory."""
    messages_url: str = ""
    """Address of the bot's messaging endpoint, or empty if the bot receives no activities."""
    app_id: str = "00000000-0000-0000-0000-000000000000"
    """App ID in the bot's manifest, or zeros if the bot has none."""
    manifest: JsonObject = field(default_factory=dict)
    """The bot's manifest, which names its commands."""
    customizations: Mapping[str, Sequence[JsonObject]] = field(default_factory=dict)
    """Rows of customizations that are installed from the start, by entity set, as bodies of the Web API."""
    app_permissions: tuple[str, ...] = ()
    """Resource-specific consent permissions in the bot's manifest ("Resource-specific consent")."""
    product_pages: Sequence[tuple[str, str]] = ()
    """Titles and addresses of the product's own pages, which the start page links to."""
