"""Store the names of connected records that a chat was shown last."""

from collections.abc import Iterable

from bot.domain.tables import Row, Table
from bot.domain.values import Connection
from bot.features.shared.answers import name_of, number_of
from bot.store.unit_of_work import UnitOfWork


async def store_names(work: UnitOfWork, shown: Iterable[tuple[Connection, Table, Row | None]]) -> None:
    """Store the names and numbers of records that a card shows, if the chat was shown other ones before."""
    names = [
        (connection, (name_of(table, row), number_of(table, row)))
        for connection, table, row in shown
        if row is not None
    ]
    await work.connections.rename(
        {each.id: name for each, name in names if name != (each.record_name, each.record_number)}
    )
