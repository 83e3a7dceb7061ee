"""Who may disconnect a chat from a record (spec D1), use the product at all (S3), and change its settings (M1).

The rule of disconnecting is Microsoft's table "How user rights work together for disconnecting chats", its second
column read as "most recent to connect" and its fourth as "chat connector".
"""

from collections.abc import Collection
from dataclasses import dataclass

ADMINISTRATOR_ROLE = "System Administrator"
ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
"""The template of that role: the same in every environment, whatever language the role's name is in."""

DISCONNECT_PRIVILEGE = "prvUnlinkTeamsChatFromRecord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A security role; `template` is the id of what Microsoft made it from, None for an organisation's own."""

    name: str
    template: str | None = None


def is_administrator(roles: Collection[Role]) -> bool:
    """Whether one of the roles is that of the administrators, who change settings."""
    return any(role.template == ADMINISTRATOR_TEMPLATE or role.name == ADMINISTRATOR_ROLE for role in roles)


def may_use(roles: Collection[Role], allowed: Collection[str]) -> bool:
    """Whether somebody with these roles may use the product, where only these roles are allowed to; none: everybody."""
    return not allowed or any(role.name in allowed for role in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectFacts:
    """The five facts that decide, in the order of the table's columns."""

    owns_record: bool
    is_last_connector: bool
    owner_can: bool
    connector_can: bool
    holds_privilege: bool


def may_disconnect(facts: DisconnectFacts) -> bool:
    """Whether the person may disconnect the chat."""
    as_owner = facts.owner_can and facts.owns_record
    as_connector = facts.connector_can and facts.is_last_connector
    return as_owner or as_connector or facts.holds_privilege


def who_may_disconnect(*, owner_can: bool, connector_can: bool) -> str:
    """Whom the table's settings allow to disconnect, as the words of a sentence."""
    allowed = ["the record's owner"] * owner_can + ["the person who connected it"] * connector_can
    allowed.append("somebody whose security role lets them disconnect Teams chats")
    return " or ".join([", ".join(allowed[:-1]), allowed[-1]]) if len(allowed) > 1 else allowed[0]
