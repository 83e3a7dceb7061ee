"""Write the audit entries of actions that change something outside the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.audit import AuditEntry
from bot.domain.errors import ChatSyncError, Unavailable
from bot.features.shared.services import Services


async def write_audit(services: Services, entry: AuditEntry) -> None:
    """Store the entry."""
    async with services.store.writing() as work:
        await work.audit.add(entry)


@asynccontextmanager
async def audited(
    services: Services, entry: AuditEntry, *, unknown: type[ChatSyncError] = Unavailable
) -> AsyncIterator[None]:
    """Store the entry before the block makes the change, and another one if the change is refused.

    `unknown`: the error after which the other system may have made the change. After a crash there may be an extra
    entry, never a missing one.
    """
    await write_audit(services, entry)
    try:
        yield
    except ChatSyncError as error:
        if not isinstance(error, unknown):
            await write_audit(services, replace(entry, at=services.clock.now(), act=f"{entry.act} refused"))
        raise
