"""The parts of the sandbox's Dataverse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.sandbox.dataverse.metadata.definitions import Definitions
from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.dataverse.security.callers import Callers
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataverse:
    """The components that request handlers use."""

    settings: SandboxSettings
    schema: Schema
    store: Store
    callers: Callers
    definitions: Definitions
    now: Callable[[], datetime]


DATAVERSE = web.AppKey("DATAVERSE", Dataverse)
