"""The default rules of a record type, and the ones that chats cannot change (spec V9). Pure."""

from dataclasses import replace
from datetime import time
from typing import Any

from bot.domain.notifications.condition_rules import parse_conditions
from bot.domain.notifications.conditions import Conditions
from bot.domain.notifications.rules import ConnectionRules
from bot.domain.record_types import RecordType

LOCKABLE = ("notify_style", "value_rule", "urgent_rule", "mention_new_owner", "mention_owner")
"""Settings of a record type that lock the rules of connections."""

RULE_SETTINGS = ("value_rule", "urgent_rule")
"""Settings of a record type that are conditions as texts."""
DECISION_SETTINGS = frozenset({"notify_style", "digest_at", "value_rule", "urgent_rule", "locked_rules"})
"""Settings of a record type on which decisions about changes depend."""

_RULES = {
    "notify_style": ("style", "digest_at"),
    "value_rule": ("value_rule",),
    "urgent_rule": ("urgent_rule",),
    "mention_new_owner": ("mention_new_owner",),
    "mention_owner": ("mention_owner",),
}


def default_rules(record_type: RecordType) -> ConnectionRules:
    """Return the rules of connections that nobody changed."""
    return ConnectionRules(
        style=record_type.notify_style,
        digest_at=parse_time(record_type.digest_at) or time(8),
        value_rule=_conditions(record_type.value_rule),
        urgent_rule=_conditions(record_type.urgent_rule),
        mention_new_owner=record_type.mention_new_owner,
        mention_owner=record_type.mention_owner,
        only_mute=True,
    )


def effective_rules(own: ConnectionRules | None, record_type: RecordType) -> ConnectionRules:
    """Return the rules that count: the connection's own or the defaults, with locked values in their place."""
    defaults = default_rules(record_type)
    if own is None:
        return defaults
    if own.only_mute:
        return replace(defaults, mute=own.mute, saves=own.saves)
    return replace(own, **_locked(defaults, record_type))


def _locked(defaults: ConnectionRules, record_type: RecordType) -> dict[str, Any]:
    names = [name for locked in record_type.locked_rules for name in _RULES.get(locked, ())]
    return {name: getattr(defaults, name) for name in names}


def parse_time(text: str) -> time | None:
    """Return the local time, such as `18:00`, or None for another text."""
    hour, colon, minute = text.strip().partition(":")
    digits = hour + minute
    if not colon or not (digits.isascii() and digits.isdigit()) or len(hour) not in {1, 2} or len(minute) != len("00"):
        return None
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def _conditions(texts: tuple[str, ...]) -> Conditions | None:
    try:
        return parse_conditions(texts)
    except ValueError:
        return None
