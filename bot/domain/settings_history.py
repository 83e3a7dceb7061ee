"""The history of an environment's settings."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.settings import SettingChange
from bot.domain.values import ChatId, EnvironmentId, ObjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSettings:
    """A save of settings."""

    environment: EnvironmentId
    version: int
    """The version of the settings after the save."""
    at: datetime
    person_id: ObjectId
    person_name: str
    chat_id: ChatId
    changes: tuple[SettingChange, ...]
