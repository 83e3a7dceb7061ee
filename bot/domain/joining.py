"""Permission to join a chat that is connected to a record (spec J1, J2). Pure."""

from dataclasses import dataclass

from bot.domain.texts import text


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinFacts:
    """The two facts that decide whether a person can join."""

    joining_is_on: bool
    """The record type's setting."""
    may_write: bool
    """True if the person can change the record."""

    @property
    def allowed(self) -> bool:
        """True if the person can join."""
        return self.joining_is_on and self.may_write

    @property
    def problem(self) -> str:
        """The reason why the person cannot join; empty if they can."""
        return _PROBLEMS[self.joining_is_on, self.may_write]


_PROBLEMS = {
    (True, True): "",
    (True, False): text("You have read-only access to this record."),
    (False, True): text("Joining is off for this record type."),
    (False, False): text("Joining is off for this record type, and you have read-only access to this record."),
}
"""Reasons by `joining_is_on` and `may_write`."""
