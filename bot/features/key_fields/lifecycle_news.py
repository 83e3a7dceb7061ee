"""Report lifecycle changes of a record: it was closed, or it has a new owner (spec K12)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError
from bot.domain.public_names import Verb
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.texts import Text, noun, sentences, text
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
    kind, payload = noun(table.label), connection_data(connection)
    news: list[LifecycleNews] = []
    if closed_as:
        asking = {**payload, QUESTION: Posted.NEWS}
        keep = ActionButton(title=text("Keep connected"), verb=Verb.KEEP_CONNECTED, payload=asking)
        disconnect = ActionButton(title=text("Disconnect"), verb=Verb.DISCONNECT, payload=asking)
        question = _closed_question(connection, kind, "" if record_type.tell_each else closed_as)
        news.append(LifecycleNews(news=question, buttons=(keep, disconnect)))
    if absent_owner:
        add = ActionButton(title=text("Add new owner"), verb=Verb.ADD_OWNER, payload=payload)
        # A card has room for three buttons, and the owner of a closed record matters less.
        buttons = () if closed_as or not absent_owner.can_be_added else (add,)
        sentence = _owner_sentence(absent_owner, kind, hidden=record_type.tell_each)
        news.append(LifecycleNews(news=sentence, buttons=buttons))
    elif mentioned_owner:
        said = text("{person} now owns this {kind}.", person=mentioned_owner.name, kind=kind)
        news.append(LifecycleNews(news=said, mention=mentioned_owner))
    return news


def _closed_question(connection: Connection, kind: Text, state: str) -> Text:
    """Return the news that the record was closed. `state`: empty if the card for everyone does not tell it."""
    record = display_name(connection)
    if state:
        return text(
            "This {kind} was closed ({state}). Keep the chat connected to {record}?",
            kind=kind,
            state=state,
            record=record,
        )
    return text("This {kind} was closed. Keep the chat connected to {record}?", kind=kind, record=record)


def _owner_sentence(owner: NewOwner, kind: Text, *, hidden: bool) -> Text:
    """Return the news about the owner. `hidden`: the card for everyone does not name the owner."""
    if hidden:
        return text("Someone else now owns this {kind} and is not in this chat.", kind=kind)
    said = text("{person} now owns this {kind} and is not in this chat.", person=owner.name, kind=kind)
    if owner.remark != NO_LICENSE:
        return said
    return sentences(said, text("{person} has no Teams license.", person=owner.name))
