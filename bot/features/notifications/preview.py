"""Compare the messages of the last 30 days with those that proposed rules would have sent (spec V10)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.replay import Preview, Replay, needed_columns, needs_authors
from bot.domain.notifications.rules import ChatRules, ConnectionRules
from bot.domain.record_types import RecordType
from bot.domain.rights import is_administrator
from bot.domain.texts import Text, plural, text
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.features.notifications.context import RulesContext
from bot.features.notifications.store_rules import stored_chat_rules
from bot.features.shared.services import Services

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
    since = _since(services)
    chat = proposed.chat or context.chat.rules
    rules = dict(context.effective)
    rules[context.chosen.id] = proposed.connection or context.rules
    here = await _replay(services, context.turn.chat.id, since, chat, rules)
    lines = [_compare_here(here), *_unknown(here)]
    environment = context.chosen.record.environment
    if not is_administrator(await services.records.roles(environment, context.actor.user.id)):
        return tuple(lines)
    table, types = context.chosen.record.table, await services.administration.record_types(environment)

    def rules_of(connection: Connection, own: ConnectionRules | None) -> ConnectionRules:
        is_same = connection.record.table == table
        return (proposed.connection if is_same else None) or _effective(connection, own, types)

    busiest = await _replay_busiest(services, environment, rules_of, proposed.chat, other_than=context.turn.chat.id)
    return (*lines, _compare_busiest(busiest)) if busiest else tuple(lines)


async def preview_defaults(services: Services, environment: EnvironmentId, record_type: RecordType) -> tuple[str, ...]:
    """Return the sentences about the busiest chat if the record type has these defaults and locks."""
    types = {**await services.administration.record_types(environment), record_type.table: record_type}
    busiest = await _replay_busiest(services, environment, lambda each, own: _effective(each, own, types))
    if busiest is None:
        none = text(
            "There is no preview, because no chat of this environment had changes in the last {days} days.", days=DAYS
        )
        return (none,)
    return (_compare_busiest_in_days(busiest), *_unknown(busiest))


RulesOf = Callable[[Connection, ConnectionRules | None], ConnectionRules]
"""Returns the rules of a connection for the preview, by its present and its own rules."""


def _effective(connection: Connection, own: ConnectionRules | None, types: Mapping[str, RecordType]) -> ConnectionRules:
    table = connection.record.table
    return effective_rules(own, types.get(table, RecordType(table=table)))


def _since(services: Services) -> datetime:
    return services.clock.now() - timedelta(days=DAYS)


def _compare_here(preview: Preview) -> Text:
    if preview.messages == preview.before:
        return text("With these rules: no difference in the last {days} days.", days=DAYS)
    return plural(
        preview.before,
        "With these rules: {messages} instead of 1 message in the last {days} days.",
        "With these rules: {messages} instead of {count} messages in the last {days} days.",
        messages=preview.messages,
        days=DAYS,
    )


def _compare_busiest(preview: Preview) -> Text:
    if preview.messages == preview.before:
        return _no_difference()
    return plural(
        preview.before,
        "In the busiest chat: {messages} instead of 1 message.",
        "In the busiest chat: {messages} instead of {count} messages.",
        messages=preview.messages,
    )


def _compare_busiest_in_days(preview: Preview) -> Text:
    if preview.messages == preview.before:
        return _no_difference()
    return plural(
        preview.before,
        "In the busiest chat: {messages} instead of 1 message in the last {days} days.",
        "In the busiest chat: {messages} instead of {count} messages in the last {days} days.",
        messages=preview.messages,
        days=DAYS,
    )


def _no_difference() -> Text:
    return text("In the busiest chat: no difference in the last {days} days.", days=DAYS)


def _unknown(preview: Preview) -> tuple[str, ...]:
    if not preview.unknown:
        return ()
    sentence = plural(
        preview.unknown,
        "1 change is unknown, because its values were not kept.",
        "{count} changes are unknown, because their values were not kept.",
    )
    return (sentence,)


async def _replay_busiest(
    services: Services,
    environment: EnvironmentId,
    rules_of: RulesOf,
    chat_rules: ChatRules | None = None,
    *,
    other_than: ChatId | None = None,
) -> Preview | None:
    """Return the preview for the busiest chat, by its own rules or these; None if it has records of others.

    `other_than`: a chat that needs no second preview.
    """
    since = _since(services)
    async with services.store.reading() as work:
        busiest = await work.decisions.busiest_chat(since=since)
        if busiest is None or busiest == other_than:
            return None
        connections = await work.connections.for_chat(busiest)
        stored = await work.notification_rules.connections.get_many([each.id for each in connections])
        chat_rules = chat_rules or (await stored_chat_rules(work, busiest)).rules
    if any(each.record.environment != environment for each in connections):
        return None
    rules = {each.id: rules_of(each, stored[each.id].rules if each.id in stored else None) for each in connections}
    return await _replay(services, busiest, since, chat_rules, rules)


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
