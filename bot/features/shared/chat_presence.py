"""Pause the connections of a chat that the bot was removed from, and resume them when it is added again (spec K9)."""

from datetime import datetime

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.values import Chat, ChatId, ChatKind
from bot.store.unit_of_work import UnitOfWork


async def leave_chat(work: UnitOfWork, chat: ChatId, reason: str, *, at: datetime) -> None:
    """Store that the bot cannot reach the chat, give up its messages, and pause its connections.

    The chat does not hear what the messages say, so it knows what it knew before them. A connection that ended with
    its record is active again, so that the chat hears of it later.
    """
    await work.chats.mark_bot_removed(chat)
    named = await work.outbox.dead_letter_chat(chat, reason, at=at)
    await work.connections.reopen_unheard(named)
    await work.connections.pause(chat, reason, at=at)


async def leave_team(work: UnitOfWork, chat: Chat, reason: str, *, at: datetime) -> None:
    """Leave the chat. The app is in all channels of a team or in none, so leave the other channels, too."""
    for each in {chat.id, *await _other_channels(work, chat)}:
        await leave_chat(work, each, reason, at=at)


async def return_to_chat(work: UnitOfWork, chat: Chat, *, at: datetime) -> None:
    """Resume paused connections, also those of the team's other channels. A card then sums up what each chat missed."""
    others = await _other_channels(work, chat)
    await work.chats.mark_bot_added(others)
    for each in sorted({chat.id, *others}):
        if await work.connections.resume(each):
            await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=each), at=at, due_at=at)


async def _other_channels(work: UnitOfWork, chat: Chat) -> frozenset[ChatId]:
    if chat.kind is not ChatKind.CHANNEL or chat.team_id is None:
        return frozenset()
    return frozenset(await work.chats.channels_of_team(chat.team_id)) - {chat.id}
