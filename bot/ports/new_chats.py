"""Chats that are about to be made."""

from datetime import datetime
from typing import Protocol

from bot.domain.new_chat import NewChat, NewChatKey
from bot.domain.values import ObjectId


class NewChats(Protocol):
    """How far each has come, so that a retry goes on and a second press makes no second chat."""

    async def get(self, key: NewChatKey) -> NewChat | None: ...

    async def add(self, new: NewChat) -> bool:
        """Keeps it; False where its key is known already."""
        ...

    async def claim(self, key: NewChatKey, *, at: datetime, until: datetime) -> bool:
        """Lets the caller alone work on it until then, or until it is put; False where somebody else does."""
        ...

    async def put(self, new: NewChat, *, held_until: datetime | None) -> None:
        """Keeps how far it has come; None lets it go."""
        ...

    async def unfinished(self, person: ObjectId, *, since: datetime) -> NewChat | None:
        """The person's newest that failed halfway, begun since."""
        ...
