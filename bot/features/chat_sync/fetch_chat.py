"""Asking Teams who is in a chat and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.domain.chat_sync import build_subject, normalize_topic
from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed, NotFound
from bot.domain.synced_chats import FetchedChat, SyncedChat
from bot.domain.values import ChatId
from bot.ports.graph import ChatDirectory
from bot.ports.teams import Roster

_JUST_TOLD = timedelta(minutes=1)
"""A topic that Teams has told of by itself is newer than what Graph may say so soon after."""
_APP = "28:"
"""How the accounts of apps begin ("Bot Framework", channel accounts of Teams)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChat:
    """What Teams says of a chat, and what its rows are called therefore."""

    look: FetchedChat
    subject: str
    trouble: ChatSyncError | None = None
    """Why the name is the one that was known before, though there may be a newer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtChat:
    """Asks the connector where the bot is in the chat, and Graph for the rest."""

    roster: Roster
    chats: ChatDirectory
    clock: Clock

    async def __call__(self, known: SyncedChat) -> SeenChat | None:
        """What Teams says; None where it may not say who is in the chat. Raises where that is not known just now."""
        accounts = await self._accounts(known)
        if accounts is None:
            return None
        people = [each for each in accounts if not each.id.startswith(_APP)]
        topic, trouble = await self._topic(known)
        names = sorted((each.name for each in people), key=lambda name: (not name, name.casefold()))
        look = FetchedChat(topic=topic, accounts={each.id: each.object_id for each in people})
        return SeenChat(look=look, subject=build_subject(topic, names), trouble=trouble)

    async def _accounts(self, known: SyncedChat) -> Sequence[ChatAccount] | None:
        try:
            return await self.roster.accounts(known.chat)
        except BotAbsent:
            return await self._members(known.chat.id)

    async def _members(self, chat: ChatId) -> Sequence[ChatAccount] | None:
        try:
            found = await self.chats.list_members(chat)
        except (NotAllowed, NotFound):
            return None
        return [ChatAccount(id=each.membership_id, object_id=each.object_id, name=each.name) for each in found]

    async def _topic(self, known: SyncedChat) -> tuple[str | None, ChatSyncError | None]:
        told_at = known.topic_reported_at
        if told_at and self.clock.now() - told_at < _JUST_TOLD:
            return known.topic, None
        try:
            return normalize_topic((await self.chats.get_chat(known.chat.id)).topic), None
        except (NotAllowed, NotFound):
            return known.topic, None
        except ChatSyncError as error:
            return known.topic, error
