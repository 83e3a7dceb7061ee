"""The spans of a mute, and how people write them (spec V2). Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.notifications.rules import ChatRules
from bot.domain.notifications.wall_clock import find_zone, first_instant


class MuteSpan(StrEnum):
    """The length of a mute."""

    HOUR = "1h"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    ALWAYS = "always"
    """Until somebody turns it off."""


OFF = "off"

MORNING = time(8)
"""The local time at which a mute until tomorrow or Monday ends."""

_HOUR = timedelta(hours=1)
_MONDAY = 0
_WEEK = 7
_WORDS = {
    "hour": MuteSpan.HOUR,
    "1hour": MuteSpan.HOUR,
    "60m": MuteSpan.HOUR,
    "60min": MuteSpan.HOUR,
    "forever": MuteSpan.ALWAYS,
    **{each.value: each for each in MuteSpan},
}
_BEFORE = frozenset({"for", "until", "till", "an", "one", "next"})
"""Words before a span that do not change it."""
_COUNT = "1"
_HOURS = frozenset({"h", "hour"})
_DURATION = re.compile(
    r"\d+\s*(h|hr|hrs|hours?|m|min|mins|minutes?|d|days?|w|weeks?)|tonight|today|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteArguments:
    """The text after `mute`. Without a span and without `off`, the person is asked for a span."""

    span: MuteSpan | None
    is_off: bool
    record: str
    """The text that names a record; empty for the whole chat."""


def parse_mute(text: str) -> MuteArguments:
    """Return the span, or `off`, at the beginning of the text, and the rest."""
    words = text.split()
    at = next((index for index, word in enumerate(words) if word.lower() not in _BEFORE), len(words))
    word = words[at].lower() if at < len(words) else ""
    following = words[at + 1].lower() if at + 1 < len(words) else ""
    if word == _COUNT and following in _HOURS:
        return MuteArguments(span=MuteSpan.HOUR, is_off=False, record=" ".join(words[at + 2 :]))
    if word in _WORDS or (word == OFF and at == 0):
        return MuteArguments(span=_WORDS.get(word), is_off=word == OFF, record=" ".join(words[at + 1 :]))
    return MuteArguments(span=None, is_off=False, record=" ".join(words))


def is_other_span(text: str) -> bool:
    """Check whether the text is a time that a mute cannot have, such as `2 hours` or `friday`."""
    words = [word for word in text.lower().split() if word not in _BEFORE]
    return bool(_DURATION.fullmatch(" ".join(words[:2])) or _DURATION.fullmatch("".join(words[:1])))


def mute_end(span: MuteSpan, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which the mute ends; None if it has no end."""
    if span is MuteSpan.ALWAYS:
        return None
    if span is MuteSpan.HOUR:
        return now + _HOUR
    today = now.astimezone(zone).date()
    days = 1 if span is MuteSpan.TOMORROW else (_MONDAY - today.weekday() - 1) % _WEEK + 1
    return first_instant(today + timedelta(days=days), MORNING, zone)


def mute_zone(chat: ChatRules, person_zone: str | None) -> ZoneInfo | None:
    """Return the time zone of the chat, or else of the person; None if neither is known."""
    names = (chat.zone, chat.quiet_hours.zone if chat.quiet_hours else None, person_zone)
    return next((zone for name in names if name and (zone := find_zone(name))), None)
