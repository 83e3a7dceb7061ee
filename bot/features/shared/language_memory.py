"""The languages of environments, people, and chats in memory, because each answer needs them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.domain.user_formats import UserLanguages
from bot.domain.values import ChatId, ObjectId
from bot.runtime.ttl_cache import TtlCache

BaseLanguages = tuple[int | None, ...]
"""The base languages of the environments (LCIDs)."""

_BASE_TTL = timedelta(hours=1)
_PERSON_TTL = timedelta(minutes=10)
_CHAT_TTL = timedelta(minutes=1)
"""Time after which another process reads a language that somebody chose. The process that saves it knows it at once."""
_MAX_ENTRIES = 10_000
"""Maximum number of people, and of chats, at about 200 bytes each."""


@dataclass(frozen=True, slots=True)
class LanguageMemory:
    """The languages that were read last."""

    base: TtlCache[None, BaseLanguages]
    people: TtlCache[ObjectId, UserLanguages]
    chats: TtlCache[ChatId, str]
    """Languages that people chose for chats; empty for none."""


def language_memory(clock: Clock) -> LanguageMemory:
    """Return an empty memory."""
    return LanguageMemory(
        base=TtlCache(clock, max_size=1, ttl=_BASE_TTL),
        people=TtlCache(clock, max_size=_MAX_ENTRIES, ttl=_PERSON_TTL),
        chats=TtlCache(clock, max_size=_MAX_ENTRIES, ttl=_CHAT_TTL),
    )
