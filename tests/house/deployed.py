"""Facts about the image that the compose file and the template for Azure rely on."""

import re
from inspect import signature
from pathlib import Path

from aiohttp import web

from bot.config.settings import Settings
from bot.workers import worker

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docs/deploy/Dockerfile").read_text(encoding="utf-8")

LONGEST_STOP_S = signature(web.AppRunner.__mro__[1]).parameters["shutdown_timeout"].default + worker._STOP_S
"""Seconds until a process has stopped at the latest: aiohttp waits for requests, and then workers wait for posts."""

IMAGE_SETTINGS = dict(re.findall(r"\b(HOST|PORT)=(\S+)", DOCKERFILE))
"""The settings that the image contains."""

SAMPLES = {
    "CHATSYNC_DATAVERSE_URL": "https://contoso.crm4.dynamics.com",
    "CHATSYNC_PUBLIC_URL": "https://bot.example.com",
    "CHATSYNC_DATABASE_URL": "postgresql+asyncpg://chatsync:a%40b@server.example.com/chatsync?ssl=require",
    "CHATSYNC_WEBHOOK_KEY": "5e0f2a7c9b1d4836a4c8e2f6b0d1937a",
    "CHATSYNC_WEBHOOK_KEY_PREVIOUS": "0b6d9e3f7a2c4581b5d9f3a7c1e2048b",
    "CHATSYNC_GRAPH_CLIENT_STATE": "8c1f5b3d9e7a4260c6e0a4b8d2f3159c",
    "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS": "3a9e7c5b1d8f4137d7f1b5c9e3a4260d",
    "CHATSYNC_PANE_CLIENT_SECRET": "Qy8~d1f5b3d9e7a4260c6e0a4b8d2f3159c",
}
"""Values of settings for a real organization."""


def variables() -> set[str]:
    """Return the environment variables that the settings read."""
    return {str(field.validation_alias) for field in Settings.model_fields.values()}
