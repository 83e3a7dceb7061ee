"""Mention the owner of a record on cards about changes, where that is allowed (spec V12)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from bot.domain.directory import ChatAccount
from bot.domain.errors import ChatSyncError
from bot.domain.tables import OWNER
from bot.domain.values import TEAMS, Chat, ChatId, Connection, ObjectId, UserId
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.mentions import Mention, owner_mention

_MAX_CONCURRENT_REQUESTS = 5
_log = get_logger(__name__)


class OwnerMentions:
    """Returns the mentions of a record's owner, and collects the chats in which the owner is not checked yet."""

    def __init__(self, details: ChangeDetails, accounts: Mapping[ChatId, ChatAccount] | None) -> None:
        """Use the results of `find_owner_accounts`; None before it was called."""
        self._owner = _owner(details)
        self._handed_over_by = [
            event.changed_by
            for event in details.lifecycle_events
            if any(change.column == OWNER for change in event.changes)
        ]
        self._accounts = accounts
        self.unchecked: set[ChatId] = set()

    def new_owner(self, connection: Connection) -> Mention | None:
        """Return the mention that says who owns the record from now on."""
        return self._mention(connection.chat_id, self._handed_over_by, is_new_owner=True)

    def owner(self, connection: Connection, authors: Sequence[UserId]) -> Mention | None:
        """Return the mention on a card about an urgent change by these people."""
        return self._mention(connection.chat_id, authors)

    def _mention(self, chat: ChatId, authors: Sequence[UserId | None], *, is_new_owner: bool = False) -> Mention | None:
        """Return the mention of somebody else than the only author."""
        if self._owner is None or set(authors) == {self._owner}:
            return None
        if self._accounts is None:
            self.unchecked.add(chat)
            return None
        account = self._accounts.get(chat)
        return owner_mention(account.name, account.id, is_new_owner=is_new_owner) if account else None


def _owner(details: ChangeDetails) -> UserId | None:
    """Return the user who owns the record; None for a team, and if the card must not say who owns it."""
    column, record_type = details.table.columns.get(OWNER), details.record_type
    hidden = column is None or (column.secured and not record_type.tell_secured) or record_type.tell_each
    if details.row is None or hidden:
        return None
    kind, _, user = str(details.row.value(OWNER).raw).partition(":")
    return UserId(user) if kind == "systemuser" and user else None


async def find_owner_accounts(
    services: Services, details: ChangeDetails, chats: Collection[ChatId]
) -> Mapping[ChatId, ChatAccount]:
    """Return the owner's account in each of the chats that the owner can be mentioned in.

    The owner is a member of the chat who is no guest, can read the record now, and did not opt out. If a system fails,
    nobody is mentioned.
    """
    owner = _owner(details)
    person = await _reader(services, details, owner) if owner else None
    return await _accounts(services, person, await _willing(services, person, chats)) if person else {}


async def _reader(services: Services, details: ChangeDetails, owner: UserId) -> ObjectId | None:
    """Return the owner if they have an enabled user and can read the record now."""
    try:
        async with asyncio.timeout(services.limits.answer_within_s):
            person = await services.records.object_id(details.record.environment, owner)
            readers = await services.records.filter_readers(details.record, [person]) if person else ()
    except (TimeoutError, ChatSyncError) as error:
        _log.warning("mention.check_failed", reason=describe_error(error))
        return None
    return person if person in readers else None


async def _willing(services: Services, person: ObjectId, chats: Collection[ChatId]) -> Sequence[Chat]:
    """Return the chats of the tenants in which the person did not opt out. Only Teams shows mentions."""
    async with services.store.reading() as work:
        found = [each for each in (await work.chats.get_many(list(chats))).values() if each.channel == TEAMS]
        tenants = {each.tenant_id for each in found}
        opted_out = {each for each in tenants if await work.mention_opt_outs.find(each, [person])}
    return [each for each in found if each.tenant_id not in opted_out]


async def _accounts(services: Services, person: ObjectId, chats: Sequence[Chat]) -> Mapping[ChatId, ChatAccount]:
    semaphore = asyncio.Semaphore(_MAX_CONCURRENT_REQUESTS)

    async def find(chat: Chat) -> ChatAccount | None:
        async with semaphore:
            return await _account(services, person, chat)

    found = await asyncio.gather(*map(find, chats))
    return {chat.id: account for chat, account in zip(chats, found, strict=True) if account}


async def _account(services: Services, person: ObjectId, chat: Chat) -> ChatAccount | None:
    try:
        async with asyncio.timeout(services.limits.answer_within_s):
            accounts = await services.roster.accounts(chat)
    except (TimeoutError, ChatSyncError, PermissionError) as error:
        _log.warning("mention.roster_unavailable", reason=describe_error(error))
        return None
    mine = (each for each in accounts if each.object_id == person and not each.guest)
    return next(mine, None)
