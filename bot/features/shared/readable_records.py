"""Which of a chat's records a person may see, and by what name."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.record_links import RecordLinks
from bot.domain.values import Connection, Person, RecordRef
from bot.features.shared.access import Actor, Gates
from bot.features.shared.answers import head_of, name_columns
from cards.record import RecordHeader


async def readable(
    gates: Gates, links: RecordLinks, connections: Sequence[Connection], person: Person
) -> Sequence[RecordHeader | None]:
    """The connected records in the same order, as the person may read them; None for those that are not for them.

    Raises `NotAllowed` for a person who is nobody in any of the records' environments.
    """
    users = await gates.users({each.record.environment for each in connections}, person)
    return await asyncio.gather(
        *(_head(gates, links, each.record, users.get(each.record.environment)) for each in connections)
    )


async def _head(gates: Gates, links: RecordLinks, record: RecordRef, user: Actor | None) -> RecordHeader | None:
    if user is None:
        return None
    try:
        table = await gates.records.table(record.environment, record.table)
        row = await gates.records.read(record, name_columns(table), caller=user.object_id)
    except (NotFound, NotAllowed):
        return None
    return head_of(links, table, record, row)
