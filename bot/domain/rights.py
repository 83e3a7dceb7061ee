"""Who may disconnect a chat from a record (spec D1).

The rule is Microsoft's table "How user rights work together for disconnecting chats", its second column read as "most
recent to connect" and its fourth as "chat connector".
"""

from dataclasses import dataclass

DISCONNECT_PRIVILEGE = "prvUnlinkTeamsChatFromRecord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnecting:
    """The five facts that decide, in the order of the table's columns."""

    owns_record: bool
    connected_last: bool
    owner_can: bool
    connector_can: bool
    holds_privilege: bool


def may_disconnect(facts: Disconnecting) -> bool:
    """Whether the person may disconnect the chat."""
    as_owner = facts.owner_can and facts.owns_record
    as_connector = facts.connector_can and facts.connected_last
    return as_owner or as_connector or facts.holds_privilege


def who_may_disconnect(*, owner_can: bool, connector_can: bool) -> str:
    """Whom the table's settings allow to disconnect, as the words of a sentence."""
    allowed = ["the record's owner"] * owner_can + ["the person who connected it"] * connector_can
    allowed.append("somebody whose security role lets them disconnect Teams chats")
    return " or ".join([", ".join(allowed[:-1]), allowed[-1]]) if len(allowed) > 1 else allowed[0]
