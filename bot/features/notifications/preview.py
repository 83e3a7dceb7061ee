"""Compare the messages of the last 30 days with those that proposed rules would have sent (spec V10)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.replay import Preview, Replay, needed_columns, needs_authors
from bot.domain.notifications.rules import ChatRules, ConnectionRules
from bot.domain.record_types import RecordType
from bot.domain.rights import is_administrator
from bot.domain.values import ChatId, ConnectionId
from bot.features.notifications.context import RulesContext
from bot.features.shared.services import Services
from cards.words import plural

DAYS = 30
MAX_DECISIONS = 100_000
"""Decisions that a preview replays; older ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedRules:
    """Rules that are not saved yet. None for a part that does not change."""

    chat: ChatRules | None = None
    connection: ConnectionRules | None = None


async def preview_lines(services: Services, context: RulesContext, proposed: ProposedRules) -> tuple[str, ...]:
    """Return the sentences about this chat, and for administrators also about the busiest chat."""
    since = services.clock.now() - timedelta(days=DAYS)
    chat = proposed.chat or context.chat.rules
    rules = dict(context.effective)
    rules[context.chosen.id] = proposed.connection or context.rules
    here = await _replay(services, context.turn.chat.id, since, chat, rules)
    lines = [f"With these rules: {_compare(here)} in the last {DAYS} days."]
    if here.unknown:
        lines.append(
            plural(
                here.unknown,
                "1 change is unknown, because its values were not kept.",
                f"{here.unknown} changes are unknown, because their values were not kept.",
            )
        )
    busiest = await _busiest(services, context, proposed, chat, since)
    return (*lines, f"In the busiest chat: {_compare(busiest)}.") if busiest else tuple(lines)


def _compare(preview: Preview) -> str:
    return f"{preview.messages} instead of {plural(preview.before, '1 message', f'{preview.before} messages')}"


async def _replay(
    services: Services,
    chat: ChatId,
    since: datetime,
    chat_rules: ChatRules,
    rules: Mapping[ConnectionId, ConnectionRules],
) -> Preview:
    replay = Replay(chat_rules, rules)
    async with services.store.reading() as work:
        pages = work.decision_history.pages(
            chat,
            since=since,
            at_most=MAX_DECISIONS,
            columns=needed_columns(rules.values()),
            authors=needs_authors(chat_rules),
        )
        async for page in pages:
            await asyncio.to_thread(replay.add, page)
    return replay.preview


async def _busiest(
    services: Services, context: RulesContext, proposed: ProposedRules, chat: ChatRules, since: datetime
) -> Preview | None:
    """Return the preview for the busiest chat, in which the proposed rules count for records of the same type."""
    environment = context.chosen.record.environment
    if not is_administrator(await services.records.roles(environment, context.actor.user.id)):
        return None
    async with services.store.reading() as work:
        busiest = await work.decisions.busiest_chat(since=since)
        if busiest is None or busiest == context.turn.chat.id:
            return None
        connections = await work.connections.for_chat(busiest)
        stored = await work.notification_rules.connections.get_many([each.id for each in connections])
    if any(each.record.environment != environment for each in connections):
        return None
    rules = {}
    types = await services.administration.record_types(environment)
    for each in connections:
        own = stored[each.id].rules if each.id in stored else None
        record_type = types.get(each.record.table, RecordType(table=each.record.table))
        is_same = each.record.table == context.chosen.record.table and proposed.connection is not None
        rules[each.id] = proposed.connection if is_same and proposed.connection else effective_rules(own, record_type)
    return await _replay(services, busiest, since, chat, rules)
