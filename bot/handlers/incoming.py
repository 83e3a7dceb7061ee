"""Who asks, and where."""

from dataclasses import dataclass

from bot.domain.values import Chat, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The chat and the person of a turn."""

    chat: Chat
    person: Person
