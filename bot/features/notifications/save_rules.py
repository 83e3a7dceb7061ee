"""Save one part of the rules unless somebody else has changed it since the page was opened (spec V9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.audit import AuditEntry
from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.rules import MAX_SAVES, ChatRules, ConnectionRules, Rules, Save, Style, Versioned
from bot.features.notifications.context import CHAT_VERSION, RECORD_VERSION, RulesContext
from bot.features.notifications.held_changes import reconsider
from bot.features.notifications.live_card import stop_live_cards
from bot.features.notifications.rights import require_can_change
from bot.features.notifications.store_rules import stored_chat_rules, stored_connection_rules, with_save
from bot.features.shared.action_data import ActionData, expired_button
from bot.features.shared.services import Services

_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOutcome:
    """The saves of others since the page was opened. If one of them is of the same part, nothing was saved."""

    is_saved: bool
    saves: tuple[Save, ...] = ()


async def save_chat_rules(
    services: Services, context: RulesContext, data: ActionData, part: str, change: Callable[[ChatRules], ChatRules]
) -> SaveOutcome:
    """Save a part of the chat's rules; raise `NotAllowed` without the right to disconnect every record."""
    turn, seen = context.turn, _version(data, CHAT_VERSION)
    await require_can_change(services, turn.chat, turn.person, context.connections)
    async with services.store.writing() as work:
        stored = await stored_chat_rules(work, turn.chat.id)
        saves = _others(stored, seen)
        if _conflicts(saves, part, stored, seen):
            return SaveOutcome(is_saved=False, saves=saves)
        rules = _with_save(context, services, change(stored.rules), stored.version, part)
        if not await work.notification_rules.chats.save(turn.chat.id, rules, version=stored.version):
            return SaveOutcome(is_saved=False)
        await reconsider(services, work, turn.chat.id)
        await work.audit.add(_entry(services, context, part, whole_chat=True))
    return SaveOutcome(is_saved=True, saves=saves)


async def save_connection_rules(
    services: Services,
    context: RulesContext,
    data: ActionData,
    part: str,
    change: Callable[[ConnectionRules], ConnectionRules],
) -> SaveOutcome:
    """Save a part of the rules of the chosen record; raise `NotAllowed` without the right to disconnect it."""
    turn, seen = context.turn, _version(data, RECORD_VERSION)
    await require_can_change(services, turn.chat, turn.person, [context.chosen])
    async with services.store.writing() as work:
        stored = await stored_connection_rules(work, context.chosen.id)
        saves = _others(stored, seen)
        if _conflicts(saves, part, stored, seen):
            return SaveOutcome(is_saved=False, saves=saves)
        base = context.rules if stored.rules.only_mute else stored.rules
        changed = replace(change(base), mute=stored.rules.mute, saves=stored.rules.saves, only_mute=False)
        rules = _with_save(context, services, changed, stored.version, part)
        if not await work.notification_rules.connections.save(context.chosen.id, rules, version=stored.version):
            return SaveOutcome(is_saved=False)
        await reconsider(services, work, turn.chat.id)
        if effective_rules(rules, context.record_type).style is not Style.LIVE:
            await stop_live_cards(work, [context.chosen.id], at=services.clock.now())
        await work.audit.add(_entry(services, context, part, whole_chat=False))
    return SaveOutcome(is_saved=True, saves=saves)


def _with_save(context: RulesContext, services: Services, rules: Rules, version: int, part: str) -> Rules:
    by_name, now = context.actor.user.name, services.clock.now()
    return replace(rules, saves=with_save(rules.saves, version=version + 1, part=part, by_name=by_name, at=now))


def _version(data: ActionData, name: str) -> int:
    text = data.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise expired_button()
    return int(text)


def _others(stored: Versioned[ChatRules] | Versioned[ConnectionRules], seen: int) -> tuple[Save, ...]:
    return tuple(each for each in stored.rules.saves if each.version > seen)


def _conflicts(
    saves: tuple[Save, ...], part: str, stored: Versioned[ChatRules] | Versioned[ConnectionRules], seen: int
) -> bool:
    """Check whether others saved the same part, or more often than is remembered."""
    return seen > stored.version or len(saves) == MAX_SAVES or any(each.part == part for each in saves)


def _entry(services: Services, context: RulesContext, part: str, *, whole_chat: bool) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act="change notifications",
        person_id=context.actor.object_id,
        person_name=context.actor.user.name,
        chat_id=context.turn.chat.id,
        record=None if whole_chat else context.chosen.record,
        environment=context.chosen.record.environment,
        details={"part": part},
    )
