"""End mutes, and say so (spec V2). The only place at which a mute ends before its time."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.texts import Text, text
from bot.domain.values import ChatId, Connection
from bot.features.notifications.held_changes import release
from bot.features.notifications.store_rules import update_chat_rules, update_connection_rules, without_mute
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork


async def end_mutes(
    services: Services,
    work: UnitOfWork,
    chat: ChatId,
    connections: Sequence[Connection],
    *,
    whole_chat: bool,
    said: str,
) -> None:
    """Clear the mutes of these connections, and for the whole chat also that of the chat. Post what they held.

    `said` is what the chat is told in any case, see `unmuted_text`.
    """
    if whole_chat:
        await update_chat_rules(work, chat, lambda rules: replace(rules, mute=None))
    own = await work.notification_rules.connections.get_many([each.id for each in connections])
    for connection, stored in own.items():
        if stored.rules.mute:
            await update_connection_rules(work, connection, without_mute)
    await release(services, work, chat, said)


def unmuted_text(record: str, by: str) -> Text:
    """Return the sentence that the record is no longer muted; the whole chat if the record is empty."""
    if record:
        return text("{record} was unmuted by {person}.", record=record, person=by)
    return text("Unmuted by {person}.", person=by)
