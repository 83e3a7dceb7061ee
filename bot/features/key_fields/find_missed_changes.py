"""Finding what changed in Dataverse while nobody listened (spec K9).

Events can be lost: the process was down for longer than Dataverse tries, or the webhook was switched off. Change
tracking then tells which rows changed; a chat that is connected to one of them is caught up with. Where a table is not
tracked, its rows say when they were changed, and those that are gone are found by looking at all that are connected.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from bot.domain.errors import NotFound
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.tables import Table
from bot.domain.values import ChatId, EnvironmentId
from bot.features.shared.services import Services

BATCH_SIZE = 200
"""Rows or chats of one look-up."""


async def find_missed_changes(services: Services, *, in_time: timedelta, whole: bool) -> None:
    """Looks through the tables that chats are told of; raises `Unavailable`.

    `in_time`: events that are only late get so long to arrive by themselves. `whole`: where nothing tells of
    deleted rows, every connected one is looked at.
    """
    for environment in services.links.environments:
        if not await services.administration.chats_on(environment.id):
            continue
        for record_type in (await services.administration.record_types(environment.id)).values():
            # Without key fields, too: a record can be deleted, or merged into another.
            if record_type.enabled and await _is_connected(services, environment.id, record_type.table):
                await _look_through(services, environment.id, record_type.table, in_time, whole=whole)


async def _look_through(
    services: Services, environment: EnvironmentId, name: str, in_time: timedelta, *, whole: bool
) -> None:
    table = await _table(services, environment, name)
    if table is None:
        return
    async with services.store.reading() as work:
        link = await work.change_tracking.get_delta_link(environment, name)
    changes = await services.records.changes_since(environment, table, link)
    if whole and link and changes and not changes.includes_deletions:
        # Begun anew: meanwhile there may be something that does tell of them.
        changes = await services.records.changes_since(environment, table, None)
    if changes is not None and changes.is_complete:
        rows = sorted(changes.changed | changes.deleted)
        for start in range(0, len(rows), BATCH_SIZE):
            some = rows[start : start + BATCH_SIZE]
            await _ask(services, await _chats_of_rows(services, environment, name, some), in_time)
    elif whole or changes is not None:
        async for chats in _all_chats(services, environment, name):
            await _ask(services, chats, in_time)
    if changes is not None:
        # Last: what was found is kept before the place is given up where it was found.
        async with services.store.writing() as work:
            await work.change_tracking.save_delta_link(environment, name, changes.delta_link, at=services.clock.now())


async def _is_connected(services: Services, environment: EnvironmentId, name: str) -> bool:
    async with services.store.reading() as work:
        return bool(await work.connections.chats_for_table(environment, name, after=None, at_most=1))


async def _table(services: Services, environment: EnvironmentId, name: str) -> Table | None:
    try:
        return await services.records.table(environment, name)
    except NotFound:
        return None  # deleted in Dataverse, or never installed there; the others are looked through all the same


async def _chats_of_rows(
    services: Services, environment: EnvironmentId, name: str, row_ids: Sequence[str]
) -> frozenset[ChatId]:
    async with services.store.reading() as work:
        return await work.connections.chats_for_rows(environment, name, row_ids)


async def _all_chats(services: Services, environment: EnvironmentId, name: str) -> AsyncIterator[Sequence[ChatId]]:
    after: ChatId | None = None
    while True:
        async with services.store.reading() as work:
            chats = await work.connections.chats_for_table(environment, name, after=after, at_most=BATCH_SIZE)
        if not chats:
            return
        yield chats
        after = chats[-1]


async def _ask(services: Services, chats: Sequence[ChatId] | frozenset[ChatId], in_time: timedelta) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        for chat in sorted(chats):
            job = ChatJob(kind=JobKind.CATCH_UP, chat_id=chat)
            await work.inbox.enqueue(job, at=now, due_at=now + in_time)
