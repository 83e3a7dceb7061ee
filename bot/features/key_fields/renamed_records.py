"""Store the names of connected records that a chat was shown last."""

from collections.abc import Iterable, Sequence

from bot.domain.tables import Row, Table
from bot.domain.values import Connection, ConnectionId
from bot.features.shared.answers import name_of, number_of
from bot.store.unit_of_work import UnitOfWork


def is_renamed(connection: Connection, table: Table, row: Row | None) -> bool:
    """Check whether the record has another name or number than when the chat was shown it; False for no row."""
    if row is None:
        return False
    return (connection.record_name, connection.record_number) != (name_of(table, row), number_of(table, row))


async def rename_connections(
    work: UnitOfWork, connections: Sequence[ConnectionId], table: Table, row: Row | None
) -> None:
    """Store the name and number of the row, which a card shows to the chats."""
    if row is not None:
        named = name_of(table, row), number_of(table, row)
        await work.connections.rename(dict.fromkeys(connections, named))


async def store_names(work: UnitOfWork, shown: Iterable[tuple[Connection, Table, Row | None]]) -> None:
    """Store the names and numbers of records that a card shows, if they are new."""
    await work.connections.rename(
        {
            connection.id: (name_of(table, row), number_of(table, row))
            for connection, table, row in shown
            if row is not None and is_renamed(connection, table, row)
        }
    )
