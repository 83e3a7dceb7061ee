"""End mutes, and say so (spec V2). The only place at which a mute ends before its time."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.values import ChatId, Connection
from bot.features.notifications.store_rules import update_chat_rules, update_connection_rules, without_mute
from bot.store.unit_of_work import UnitOfWork
from cards.message import Message
from cards.notice import NoticeView, notice


async def end_mutes(work: UnitOfWork, chat: ChatId, connections: Sequence[Connection], *, whole_chat: bool) -> None:
    """Clear the mutes of these connections, and for the whole chat also that of the chat."""
    if whole_chat:
        await update_chat_rules(work, chat, lambda rules: replace(rules, mute=None))
    own = await work.notification_rules.connections.get_many([each.id for each in connections])
    for connection, stored in own.items():
        if stored.rules.mute:
            await update_connection_rules(work, connection, without_mute)


def unmuted(record: str, by: str) -> Message:
    """Return the notice that the record, or the whole chat if `record` is empty, is no longer muted."""
    text = f"{record} was unmuted by {by}." if record else f"Unmuted by {by}."
    return notice(NoticeView(text=text, next_step="This chat gets cards about changes again."))
