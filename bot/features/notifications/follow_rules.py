"""Apply the default and locked rules of an environment after an administrator changed them (spec V9).

Everything here can be done twice, so a job that was interrupted starts again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.rules import Style
from bot.domain.record_types import RecordType
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.features.notifications.held_changes import BATCH_SIZE, enqueue_held_changes
from bot.features.notifications.live_card import stop_live_cards
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork


async def follow_rules(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Enqueue a decision about all held changes, end live cards that are not edited anymore, and complete the jobs."""
    at, after, count = services.clock.now(), ChatId(""), 0
    while chats := await _holding_chats(services, environment, after):
        await enqueue_held_changes(services, chats, at, count)
        after, count = chats[-1], count + len(chats)
    async for connections in _connections_with_live_cards(services, environment):
        await _stop_live_cards(services, environment, connections, at)
    async with services.store.writing() as work:
        await work.inbox.complete(jobs, at=at)


async def _holding_chats(services: Services, environment: EnvironmentId, after: ChatId) -> Sequence[ChatId]:
    async with services.store.reading() as work:
        return await work.decisions.holding_chats(environment, after=after, at_most=BATCH_SIZE)


async def _connections_with_live_cards(
    services: Services, environment: EnvironmentId
) -> AsyncIterator[Sequence[Connection]]:
    after: ConnectionId | None = None
    while True:
        async with services.store.reading() as work:
            found = await work.connections.with_live_card(environment, after=after, at_most=BATCH_SIZE)
        if not found:
            return
        yield found
        after = found[-1].id


async def _stop_live_cards(
    services: Services, environment: EnvironmentId, connections: Sequence[Connection], at: datetime
) -> None:
    async with services.store.writing() as work:
        record_types = (await work.settings.get(environment)).record_types
        stopped = await _not_live(work, record_types, connections)
        await stop_live_cards(work, stopped, at=at)


async def _not_live(
    work: UnitOfWork, record_types: Mapping[str, RecordType], connections: Sequence[Connection]
) -> Sequence[ConnectionId]:
    """Return the connections that get their changes in another form than a live card."""
    own = await work.notification_rules.connections.get_many([each.id for each in connections])
    styles = {
        each.id: effective_rules(
            own[each.id].rules if each.id in own else None,
            record_types.get(each.record.table, RecordType(table=each.record.table)),
        ).style
        for each in connections
    }
    return [each for each, style in styles.items() if style is not Style.LIVE]
