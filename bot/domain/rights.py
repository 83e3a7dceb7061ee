"""Rights to disconnect a chat from a record (spec D1), to use the product (S3), and to change its settings (M1).

The rule for disconnecting is Microsoft's table "How user rights work together for disconnecting chats". Its second
column means "most recent to connect", and its fourth means "chat connector".
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.texts import text

ADMINISTRATOR_ROLE = "System Administrator"
ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
"""Template ID of that role, which is the same in every environment, in every language."""

DISCONNECT_PRIVILEGE = "prvUnlinkTeamsChatFromRecord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A security role. `template` is the ID of its Microsoft template, or None for a custom role."""

    name: str
    template: str | None = None


def is_administrator(roles: Collection[Role]) -> bool:
    """Check whether one of the roles is System Administrator, whose holders change settings.

    The name does not count: people who can create roles can give any name to theirs.
    """
    return any(role.template == ADMINISTRATOR_TEMPLATE for role in roles)


def may_use(roles: Collection[Role], allowed: Collection[str]) -> bool:
    """Check whether a person with these roles can use the product. No allowed roles means that everyone can."""
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
    """Check whether the person can disconnect the chat."""
    as_owner = facts.owner_can and facts.owns_record
    as_connector = facts.connector_can and facts.is_last_connector
    return as_owner or as_connector or facts.holds_privilege


_WHO_MAY_DISCONNECT = {
    (False, False): text("Only people whose security role lets them disconnect Teams chats can do this."),
    (True, False): text(
        "Only the record's owner or people whose security role lets them disconnect Teams chats can do this."
    ),
    (False, True): text(
        "Only the person who connected it or people whose security role lets them disconnect Teams chats can do this."
    ),
    (True, True): text(
        "Only the record's owner, the person who connected it, "
        "or people whose security role lets them disconnect Teams chats can do this."
    ),
}


def who_may_disconnect(*, owner_can: bool, connector_can: bool) -> str:
    """Return a sentence that names everyone whom the settings allow to disconnect."""
    return _WHO_MAY_DISCONNECT[owner_can, connector_can]
