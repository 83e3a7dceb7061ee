"""What a chat is told of turns in a record's life: it was closed, or somebody else owns it now (spec K12)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError
from bot.domain.public_names import Verb
from bot.domain.values import Chat, ChatId, Connection
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services
from bot.logs import get_logger
from cards.buttons import ActionButton

_AT_ONCE = 5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNews:
    """A sentence, and what can be done about it."""

    news: str
    buttons: tuple[ActionButton, ...]


async def find_chats_without_owner(
    services: Services, facts: ChangeDetails, chats: Sequence[Chat]
) -> frozenset[ChatId]:
    """Those chats; one that does not say who is in it is none of them."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def absent(chat: Chat) -> bool:
        async with turns:
            return await _is_absent(services, facts, chat)

    if facts.new_owner is None:
        return frozenset()
    found = await asyncio.gather(*(absent(chat) for chat in chats))
    return frozenset(chat.id for chat, is_absent in zip(chats, found, strict=True) if is_absent)


async def _is_absent(services: Services, facts: ChangeDetails, chat: Chat) -> bool:
    try:
        members = await services.roster.members(chat)
    except ChatSyncError as error:
        _log.warning("new owner not offered to the chat", reason=str(error))
        return False
    return facts.new_owner is not None and facts.new_owner.object_id not in members


def lifecycle_news(facts: ChangeDetails, connection: Connection, *, owner_is_absent: bool) -> Sequence[LifecycleNews]:
    """What the chat of this connection is told, beside changed key fields."""
    kind, claim = facts.table.label.lower(), {"connection": str(connection.id)}
    turns: list[LifecycleNews] = []
    if facts.closed_as:
        keep = ActionButton(title="Keep connected", verb=Verb.KEEP_CONNECTED, payload=claim)
        end = ActionButton(title="Disconnect", verb=Verb.DISCONNECT, payload=claim)
        how = "" if facts.record_type.tell_each else f" ({facts.closed_as})"
        news = f"This {kind} is closed now{how}. Shall the chat stay connected to {display_name(connection)}?"
        turns.append(LifecycleNews(news=news, buttons=(keep, end)))
    if facts.new_owner and owner_is_absent:
        add = ActionButton(title="Add new owner", verb=Verb.ADD_OWNER, payload=claim)
        # A card has room for three buttons, and what is closed needs its owner less.
        buttons = () if facts.closed_as else (add,)
        who = "Somebody else" if facts.record_type.tell_each else facts.new_owner.name
        turns.append(LifecycleNews(news=f"{who} owns this {kind} now and is not in this chat.", buttons=buttons))
    return turns
