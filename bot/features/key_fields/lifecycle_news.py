"""Report lifecycle changes of a record: it was closed, or it has a new owner (spec K12)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError
from bot.domain.public_names import Verb
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.values import Chat, ChatId, Connection
from bot.features.key_fields.read_facts import NewOwner
from bot.features.shared.answers import connection_data, display_name
from bot.features.shared.people_details import NO_LICENSE
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.buttons import ActionButton
from cards.mentions import Mention
from cards.question import QUESTION, Posted

_MAX_CONCURRENT_REQUESTS = 5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNews:
    """A sentence about the change, and buttons to respond to it."""

    news: str
    buttons: tuple[ActionButton, ...] = ()
    mention: Mention | None = None
    """The mention that says it, in place of the sentence."""


async def find_chats_without_owner(
    services: Services, owner: NewOwner | None, chats: Sequence[Chat]
) -> frozenset[ChatId]:
    """Return the chats that the new owner is not in. Chats whose roster is not available are left out."""
    semaphore = asyncio.Semaphore(_MAX_CONCURRENT_REQUESTS)

    async def is_absent(chat: Chat, owner: NewOwner) -> bool:
        async with semaphore:
            return await _is_owner_absent(services, owner, chat)

    if owner is None:
        return frozenset()
    absent = await asyncio.gather(*(is_absent(chat, owner) for chat in chats))
    return frozenset(chat.id for chat, owner_is_absent in zip(chats, absent, strict=True) if owner_is_absent)


async def _is_owner_absent(services: Services, owner: NewOwner, chat: Chat) -> bool:
    try:
        members = await services.roster.members(chat)
    except ChatSyncError as error:
        _log.warning("record_owner.roster_unavailable", reason=describe_error(error))
        return False
    return owner.object_id not in members


def lifecycle_news(
    table: Table,
    record_type: RecordType,
    connection: Connection,
    *,
    closed_as: str | None,
    absent_owner: NewOwner | None,
    mentioned_owner: Mention | None = None,
) -> Sequence[LifecycleNews]:
    """Return the lifecycle changes that the connection's chat is notified of, in addition to key fields.

    `closed_as` is the label of the closed state. `absent_owner` is a new owner who is not in the chat.
    `mentioned_owner` is one who is in it and is mentioned.
    """
    kind, payload = table.label.lower(), connection_data(connection)
    news: list[LifecycleNews] = []
    if closed_as:
        asking = {**payload, QUESTION: Posted.NEWS}
        keep = ActionButton(title="Keep connected", verb=Verb.KEEP_CONNECTED, payload=asking)
        disconnect = ActionButton(title="Disconnect", verb=Verb.DISCONNECT, payload=asking)
        state = "" if record_type.tell_each else f" ({closed_as})"
        question = f"This {kind} was closed{state}. Keep the chat connected to {display_name(connection)}?"
        news.append(LifecycleNews(news=question, buttons=(keep, disconnect)))
    if absent_owner:
        add = ActionButton(title="Add new owner", verb=Verb.ADD_OWNER, payload=payload)
        # A card has room for three buttons, and the owner of a closed record matters less.
        buttons = () if closed_as or not absent_owner.can_be_added else (add,)
        sentence = _owner_sentence(absent_owner, kind, hidden=record_type.tell_each)
        news.append(LifecycleNews(news=sentence, buttons=buttons))
    elif mentioned_owner:
        news.append(LifecycleNews(news=mentioned_owner.sentence(kind), mention=mentioned_owner))
    return news


def _owner_sentence(owner: NewOwner, kind: str, *, hidden: bool) -> str:
    """Return the news about the owner. `hidden`: the card for everyone does not name the owner."""
    name = "Someone else" if hidden else owner.name
    remark = f" {owner.name} {NO_LICENSE}." if not hidden and owner.remark == NO_LICENSE else ""
    return f"{name} now owns this {kind} and is not in this chat.{remark}"
