"""Who asks, and where."""

from dataclasses import dataclass

from bot.domain.values import Chat, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The chat and the person of a turn."""

    chat: Chat
    person: Person
    private: bool
    """Whether nobody but the person sees what is answered."""

    @property
    def asker(self) -> tuple[str, str, str]:
        """Who asks and where: one person in one chat does one thing at a time."""
        return (self.person.account_id, self.person.object_id or "", self.chat.id)
