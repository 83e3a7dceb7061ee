"""Who may join a chat that is connected to a record (spec J1, J2). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinFacts:
    """The two facts that decide."""

    joining_is_on: bool
    """The table's switch."""
    may_write: bool
    """Whether the person may change the record."""

    @property
    def allowed(self) -> bool:
        """Whether the person may join."""
        return self.joining_is_on and self.may_write

    @property
    def problem(self) -> str:
        """Why not, in words; empty where the person may."""
        off = "joining is off for this record type"
        read_only = "you have read-only access to this record"
        reasons = [off] * (not self.joining_is_on) + [read_only] * (not self.may_write)
        text = " and ".join(reasons)
        return f"{text[:1].upper()}{text[1:]}." if text else ""
