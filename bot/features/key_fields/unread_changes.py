"""Give held changes another time if their records were not compared although they are due."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain.notifications.history import Closing, HeldChange, StoredDecision
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.features.key_fields.current_records import CurrentRecord
from bot.features.shared.access import enabled_record_type
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork

_AFTER_EVENT = timedelta(seconds=30)
"""A pending event of the record is processed first."""
_AFTER_FAILURE = timedelta(minutes=15)

Held = TypeVar("Held", HeldChange, StoredDecision)


async def settle_unread(
    services: Services,
    work: UnitOfWork,
    chat: ChatId,
    undecided: Iterable[StoredDecision],
    checked: Collection[ConnectionId],
    records: Sequence[CurrentRecord],
    *,
    at: datetime,
) -> None:
    """Close or postpone the due changes that are still open.

    `undecided`: held changes of the chat about which nothing was decided. `checked`: connections that a card could
    report.
    """
    if not _due(undecided, at):
        return
    # The end of a connection has closed its changes.
    due = _due(await work.decisions.open_in_chat(chat), at)
    active = {each.id: each for each in await work.connections.for_chat(chat)}
    read = {each.connection.id for each in records}
    for held in due:
        connection = active.get(held.connection)
        if connection and held.connection not in read and await _is_off(services, connection):
            await work.decisions.close([held.id], Closing.DROPPED, at=at)
        else:
            due_at = _next(connection, at, is_checked=held.connection in checked)
            await _postpone(work, held, due_at)


def _due(held: Iterable[Held], at: datetime) -> Sequence[Held]:
    return [each for each in held if each.due_at is not None and each.due_at <= at]


async def _is_off(services: Services, connection: Connection) -> bool:
    record = connection.record
    return await enabled_record_type(services, record.environment, record.table) is None


def _next(connection: Connection | None, at: datetime, *, is_checked: bool) -> datetime | None:
    """Return the next time; None for a paused connection, whose chat hears everything when it resumes."""
    if connection and connection.paused_at:
        return None
    return at + (_AFTER_FAILURE if is_checked or connection is None else _AFTER_EVENT)


async def _postpone(work: UnitOfWork, held: HeldChange, due_at: datetime | None) -> None:
    await work.decisions.postpone([held.id], due_at=due_at, reason=held.reason)
