"""The connected records that a person can read."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import ChatSyncError, NotAllowed, NotFound
from bot.domain.values import Connection, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns, record_header
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.record import RecordHeader

_log = get_logger(__name__)


async def readable_records(
    services: Services, connections: Sequence[Connection], person: Person
) -> Sequence[RecordHeader | None]:
    """Return a header for each connection's record, in the same order; None for records that the person cannot read.

    Raise `NotAllowed` if the person may not use the product in any of the environments, and the error if Dataverse
    fails for all records. A record for which only Dataverse fails is None too.
    """
    users = await access.require_permitted_anywhere(services, {each.record.environment for each in connections}, person)
    found = await asyncio.gather(
        *(_header(services, each.record, users.get(each.record.environment)) for each in connections)
    )
    errors = [each for each in found if isinstance(each, ChatSyncError)]
    if errors and len(errors) == len(found):
        raise errors[0]
    return [None if isinstance(each, ChatSyncError) else each for each in found]


async def _header(
    services: Services, record: RecordRef, user: AuthorizedUser | None
) -> RecordHeader | ChatSyncError | None:
    if user is None:
        return None
    try:
        table = await services.records.table(record.environment, record.table)
        row = await services.records.read(record, name_columns(table), caller=user.object_id)
    except (NotFound, NotAllowed):
        return None
    except ChatSyncError as error:
        _log.warning("list.record_unreadable", table=record.table, row=record.row_id, reason=describe_error(error))
        return error
    return record_header(services.links, table, record, row)
