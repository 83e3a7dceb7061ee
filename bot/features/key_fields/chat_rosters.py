"""Facts about connected chats that are requested before a transaction: their languages, and rosters that cards need."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.directory import ChatAccount
from bot.domain.values import ChatId
from bot.features.key_fields.lifecycle_news import find_chats_without_owner
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.shared.reader_languages import ChatLanguages, load_chat_languages
from bot.features.shared.services import Services

Accounts = Mapping[ChatId, tuple[str, ...] | None]
"""Account ids of the members of each chat. None if they are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRosters:
    """Facts from the rosters of the chats."""

    without_owner: frozenset[ChatId] = frozenset()
    """Chats that the new owner is not in."""
    accounts: Accounts = field(default_factory=dict)
    owners: Mapping[ChatId, ChatAccount] | None = None
    """The owner's account in each chat whose card may mention them. None before they are checked."""
    languages: ChatLanguages


async def load_rosters(services: Services, details: ChangeDetails | None) -> ChatRosters:
    """Return the facts without the owners to mention, who are checked only if a card mentions them."""
    personal = details is not None and details.record_type.tell_each
    languages = await load_chat_languages(services)
    if details is None or (details.new_owner is None and not personal):
        return ChatRosters(languages=languages)
    async with services.store.reading() as work:
        connections = await work.connections.for_record(details.record)
        chats = await work.chats.get_many([each.chat_id for each in connections if each.paused_at is None])
    without_owner = await find_chats_without_owner(services, details.new_owner, list(chats.values()))
    accounts = await services.roster_cache.accounts_by_chat(list(chats.values())) if personal else {}
    return ChatRosters(without_owner=without_owner, accounts=accounts, languages=languages)
