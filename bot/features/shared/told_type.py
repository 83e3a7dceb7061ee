"""Whether chats are told anything of records of a table (spec S1, T1)."""

from bot.domain.record_types import RecordType
from bot.domain.values import EnvironmentId
from bot.store.administration import Administration


async def enabled_record_type(
    administration: Administration, environment: EnvironmentId, table: str
) -> RecordType | None:
    """The table's settings; None where chats are off or the table is, so that nobody is told of its records."""
    if not await administration.chats_on(environment):
        return None
    record_type = (await administration.record_types(environment)).get(table)
    return record_type if record_type and record_type.enabled else None
