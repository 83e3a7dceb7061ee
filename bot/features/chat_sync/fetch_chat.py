"""Fetch the topic and the members of a chat from Teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chat_sync import build_subject, normalize_topic
from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, ChatMissing, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.object_ids import is_app_account
from bot.domain.synced_chats import FetchedChat, SyncedChat
from bot.features.shared.services import Services

_GRAPH_DELAY = timedelta(minutes=1)
"""Time in which Graph may still return the previous topic after Teams reported a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSnapshot:
    """The fetched topic and members of a chat, and the subject of its rows."""

    fetched: FetchedChat
    subject: str
    error: ChatSyncError | None = None
    """Reason why the topic could not be fetched. The snapshot then contains the stored topic."""


async def fetch_chat(services: Services, known: SyncedChat) -> ChatSnapshot | None:
    """Fetch the chat; return None if the app is not in the chat. Raises `Unavailable`."""
    accounts = await _accounts(services, known)
    if accounts is None:
        return None
    people = [each for each in accounts if not is_app_account(each.id)]
    topic, error = await _topic(services, known)
    names = sorted((each.name for each in people), key=lambda name: (not name, name.casefold()))
    fetched = FetchedChat(topic=topic, accounts={each.id: each.object_id for each in people})
    return ChatSnapshot(fetched=fetched, subject=build_subject(topic, names), error=error)


async def _accounts(services: Services, known: SyncedChat) -> Sequence[ChatAccount] | None:
    """Return the members, or None if the app is not in the chat.

    Graph would still return them, but people who removed the app do not expect that (spec J3).
    """
    if not known.chat.bot_present:
        return None
    try:
        return await services.roster.accounts(known.chat)
    except ChatMissing as error:
        raise Unavailable("Teams did not find this chat.", "Chat Sync tries again.") from error
    except BotAbsent:
        return None  # Teams reports when the app is added, and the chat is then fetched.


async def _topic(services: Services, known: SyncedChat) -> tuple[str | None, ChatSyncError | None]:
    """Return the topic; if Graph does not return it, the stored one, with the error if a retry can help."""
    reported_at = known.topic_reported_at
    if reported_at and services.clock.now() - reported_at < _GRAPH_DELAY:
        return known.topic, None
    try:
        return normalize_topic((await services.chats.get_chat(known.chat.id)).topic), None
    except (NotAllowed, NotFound):
        return known.topic, None
    except ChatSyncError as error:
        return known.topic, error
