"""The pane in the tab of a group chat: the chat's records, and the last changes posted about them (spec P5)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.note_fields import note_facts
from bot.domain.values import Chat, ChatId, Connection, Person
from bot.features.connections.connect_other_chat import is_group_chat, load_chat
from bot.features.connections.find_connections import connections_of_chat
from bot.features.connections.install_app import require_member_of_named_chat
from bot.features.operations.load_status import ChatStatus, load_chat_status
from bot.features.pane.live import is_current, version_of
from bot.features.record_cards.resolve_link import card_note_columns
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.runtime.even_time import EvenTime
from cards.chat_status import StatusRow
from cards.record import Fact

CHAT_PAGE_SIZE = 10
"""Records of a page, until a person asks for more."""
MAX_RECORDS = 5 * CHAT_PAGE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRecord:
    """A record of the chat that the person can open."""

    connection: Connection
    status: StatusRow
    facts: Sequence[Fact]
    """The fields of the note, as the person may see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPane:
    """Everything that the tab of a chat shows."""

    records: Sequence[ChatRecord]
    status: ChatStatus
    total: int
    """Number of all connected records, shown or not."""
    version: str
    """Stands for the stored state, to learn whether the page is up to date."""


async def chat_view(
    services: Services, address: Chat, person: Person, named: str, *, shown: int = CHAT_PAGE_SIZE
) -> ChatPane:
    """Return the records of the chat, the newest connection first.

    `named`: ID of the chat, which grants nothing. `address`: the address of chats that the bot has never been in. Raise
    `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    chat = await _require_group_chat(services, address, named)
    # Until the person is known to be a member, no error may depend on the records of the chat.
    await access.require_user_anywhere(services, person)
    await require_member_of_named_chat(services, chat, person)
    connections = list(reversed(await connections_of_chat(services, chat)))
    await access.require_user_anywhere(services, person, {each.record.environment for each in connections})
    version = await version_of(services, await _stored(services, chat.id))
    page = connections[: max(CHAT_PAGE_SIZE, min(shown, MAX_RECORDS))]
    status = await load_chat_status(services, chat, person, page)
    facts = await asyncio.gather(*(_facts(services, person, connection) for connection, _ in status.rows))
    records = [
        ChatRecord(connection=connection, status=row, facts=found)
        for (connection, row), found in zip(status.rows, facts, strict=True)
    ]
    return ChatPane(records=records, status=status, total=len(connections), version=version)


async def is_chat_outdated(services: Services, address: Chat, person: Person, named: str, *, version: str) -> bool:
    """Check whether the page must load the view again, which checks everything. Raise the errors of `chat_view`.

    The members of the chat come from the cache, so that open pages do not load Teams. Nobody is asked about a chat that
    the bot is not in, so the answer that the page must load takes the same time for every chat.
    """
    chat = await _require_group_chat(services, address, named)
    await access.require_user_anywhere(services, person)
    even = EvenTime(services.limits.refuse_after_s)
    is_member = not chat.bot_present or await services.roster_cache.has_member(chat, person)
    if is_member and await is_current(services, await _stored(services, chat.id), version):
        return False
    await even.wait()
    return True


async def _require_group_chat(services: Services, address: Chat, named: str) -> Chat:
    if not is_group_chat(named):
        raise NotSupported(
            "Only group chats can be connected to a record.", "Start a group chat, and open this tab there."
        )
    return await load_chat(services, address, ChatId(named))


async def _facts(services: Services, person: Person, connection: Connection) -> Sequence[Fact]:
    """Return the fields of the note; none if chats are off for the record, or if the person lost access to it."""
    record = connection.record
    record_type = await access.enabled_record_type(services, record.environment, record.table)
    if record_type is None:
        return ()
    actor = await access.require_permitted(services, record.environment, person)
    table = await services.records.table(record.environment, record.table)
    columns = await card_note_columns(services, record.environment, record_type, table)
    try:
        row = await services.records.read(record, columns, caller=actor.object_id)
    except (NotFound, NotAllowed):
        return ()
    return tuple(Fact(label=label, value=value) for label, value in note_facts(columns, row))


async def _stored(services: Services, chat: ChatId) -> object:
    async with services.store.reading() as work:
        rows = await work.pane_state.chat_rows(chat)
    settings = [(await services.administration.settings(each)).version for each in services.environments]
    # With the chat, because the same state in another chat would say that this one is known.
    return chat, settings, rows
