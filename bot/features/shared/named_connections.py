"""Connections that buttons name, with one answer for all that the person must not tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import HiddenRecord, NotAllowed, NotFound, NotSupported
from bot.domain.values import Chat, Connection, Person, PublicId
from bot.features.shared import access
from bot.features.shared.services import Services


async def require_named_connection(services: Services, chat: Chat, person: Person, named: PublicId) -> Connection:
    """Return the active connection of this chat that a button names; raise `NotFound` if there is none.

    The person is checked first, so that nobody learns which connections exist. Raises `NotAllowed` or `Unavailable`.
    """
    await require_presser(services, chat, person)
    async with services.store.reading() as work:
        connection = await work.connections.get(named)
    if connection is None or connection.chat_id != chat.id:
        raise unknown_connection()
    return connection


async def require_presser(services: Services, chat: Chat, person: Person) -> None:
    """Check that the person is in the chat and may use the product; raise `NotAllowed`, `BotAbsent`, `Unavailable`."""
    await access.require_member(services, chat, person)
    await access.require_user_anywhere(services, person)


def unknown_connection() -> NotFound:
    """Return the error for a connection that does not exist, ended, or belongs to a record hidden from the person."""
    return NotFound(
        "This chat is no longer connected to the record, or you do not have access to it.",
        "To list the records of this chat, write records.",
    )


@contextmanager
def hiding_record(error: NotFound | NotAllowed) -> Iterator[None]:
    """Raise the error instead of one that reveals that a record or its connection exists."""
    try:
        yield
    except HiddenRecord as hidden:
        raise error from hidden


@contextmanager
def hiding_access(error: NotFound) -> Iterator[None]:
    """Raise the error instead of any that says why the person cannot open the record."""
    try:
        yield
    except (NotAllowed, NotFound, NotSupported) as refused:
        raise error from refused
