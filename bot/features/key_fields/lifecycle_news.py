"""Report lifecycle changes of a record: it was closed, or it has a new owner (spec K12)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError
from bot.domain.public_names import Verb
from bot.domain.values import Chat, ChatId, Connection
from bot.features.key_fields.read_facts import ChangeDetails, NewOwner
from bot.features.shared.answers import connection_data, display_name
from bot.features.shared.people_details import NO_LICENSE
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.buttons import ActionButton

_MAX_CONCURRENT_REQUESTS = 5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNews:
    """A sentence about the change, and buttons to respond to it."""

    news: str
    buttons: tuple[ActionButton, ...]


async def find_chats_without_owner(
    services: Services, details: ChangeDetails, chats: Sequence[Chat]
) -> frozenset[ChatId]:
    """Return the chats that the new owner is not in. Chats whose roster is not available are left out."""
    semaphore = asyncio.Semaphore(_MAX_CONCURRENT_REQUESTS)

    async def is_absent(chat: Chat) -> bool:
        async with semaphore:
            return await _is_owner_absent(services, details, chat)

    if details.new_owner is None:
        return frozenset()
    absent = await asyncio.gather(*(is_absent(chat) for chat in chats))
    return frozenset(chat.id for chat, owner_is_absent in zip(chats, absent, strict=True) if owner_is_absent)


async def _is_owner_absent(services: Services, details: ChangeDetails, chat: Chat) -> bool:
    try:
        members = await services.roster.members(chat)
    except ChatSyncError as error:
        _log.warning("record_owner.roster_unavailable", reason=describe_error(error))
        return False
    return details.new_owner is not None and details.new_owner.object_id not in members


def lifecycle_news(details: ChangeDetails, connection: Connection, *, owner_is_absent: bool) -> Sequence[LifecycleNews]:
    """Return the lifecycle changes that the connection's chat is notified of, in addition to key fields."""
    kind, payload = details.table.label.lower(), connection_data(connection)
    news: list[LifecycleNews] = []
    if details.closed_as:
        keep = ActionButton(title="Keep connected", verb=Verb.KEEP_CONNECTED, payload=payload)
        disconnect = ActionButton(title="Disconnect", verb=Verb.DISCONNECT, payload=payload)
        state = "" if details.record_type.tell_each else f" ({details.closed_as})"
        question = f"This {kind} was closed{state}. Keep the chat connected to {display_name(connection)}?"
        news.append(LifecycleNews(news=question, buttons=(keep, disconnect)))
    if details.new_owner and owner_is_absent:
        add = ActionButton(title="Add new owner", verb=Verb.ADD_OWNER, payload=payload)
        # A card has room for three buttons, and the owner of a closed record matters less.
        buttons = () if details.closed_as or not details.new_owner.can_be_added else (add,)
        sentence = _owner_sentence(details.new_owner, kind, hidden=details.record_type.tell_each)
        news.append(LifecycleNews(news=sentence, buttons=buttons))
    return news


def _owner_sentence(owner: NewOwner, kind: str, *, hidden: bool) -> str:
    """Return the news about the owner. `hidden`: the card for everyone does not name the owner."""
    name = "Someone else" if hidden else owner.name
    remark = f" {owner.name} {NO_LICENSE}." if not hidden and owner.remark == NO_LICENSE else ""
    return f"{name} now owns this {kind} and is not in this chat.{remark}"
