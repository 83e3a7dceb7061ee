"""Which of a chat's records a person may see, and by what name."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Connection, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns, record_header
from bot.features.shared.services import Services
from cards.record import RecordHeader


async def readable_records(
    services: Services, connections: Sequence[Connection], person: Person
) -> Sequence[RecordHeader | None]:
    """The connected records in the same order, as the person may read them; None for those that are not for them.

    Raises `NotAllowed` for a person who is nobody in any of the records' environments.
    """
    users = await access.require_permitted_anywhere(services, {each.record.environment for each in connections}, person)
    return await asyncio.gather(
        *(_head(services, each.record, users.get(each.record.environment)) for each in connections)
    )


async def _head(services: Services, record: RecordRef, user: AuthorizedUser | None) -> RecordHeader | None:
    if user is None:
        return None
    try:
        table = await services.records.table(record.environment, record.table)
        row = await services.records.read(record, name_columns(table), caller=user.object_id)
    except (NotFound, NotAllowed):
        return None
    return record_header(services.links, table, record, row)
