"""Asking Teams who is in a chat and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chat_sync import build_subject, normalize_topic
from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed, NotFound
from bot.domain.object_ids import is_app_account
from bot.domain.synced_chats import FetchedChat, SyncedChat
from bot.domain.values import ChatId
from bot.features.shared.services import Services

_JUST_TOLD = timedelta(minutes=1)
"""A topic that Teams has told of by itself is newer than what Graph may say so soon after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSnapshot:
    """What Teams says of a chat, and what its rows are called therefore."""

    fetched: FetchedChat
    subject: str
    error: ChatSyncError | None = None
    """Why the name is the one that was known before, though there may be a newer one."""


async def fetch_chat(services: Services, known: SyncedChat) -> ChatSnapshot | None:
    """What Teams says; None where it may not say who is in the chat. Raises where that is not known just now."""
    accounts = await _accounts(services, known)
    if accounts is None:
        return None
    people = [each for each in accounts if not is_app_account(each.id)]
    topic, trouble = await _topic(services, known)
    names = sorted((each.name for each in people), key=lambda name: (not name, name.casefold()))
    look = FetchedChat(topic=topic, accounts={each.id: each.object_id for each in people})
    return ChatSnapshot(fetched=look, subject=build_subject(topic, names), error=trouble)


async def _accounts(services: Services, known: SyncedChat) -> Sequence[ChatAccount] | None:
    try:
        return await services.roster.accounts(known.chat)
    except BotAbsent:
        return await _members(services, known.chat.id)


async def _members(services: Services, chat: ChatId) -> Sequence[ChatAccount] | None:
    try:
        found = await services.chats.list_members(chat)
    except (NotAllowed, NotFound):
        return None
    return [ChatAccount(id=each.membership_id, object_id=each.object_id, name=each.name) for each in found]


async def _topic(services: Services, known: SyncedChat) -> tuple[str | None, ChatSyncError | None]:
    told_at = known.topic_reported_at
    if told_at and services.clock.now() - told_at < _JUST_TOLD:
        return known.topic, None
    try:
        return normalize_topic((await services.chats.get_chat(known.chat.id)).topic), None
    except (NotAllowed, NotFound):
        return known.topic, None
    except ChatSyncError as error:
        return known.topic, error
