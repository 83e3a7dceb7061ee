"""Check who may mute a chat and who may change its notification rules (spec V2, V9)."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.errors import NotAllowed
from bot.domain.record_types import RecordType
from bot.domain.rights import DISCONNECT_PRIVILEGE, may_disconnect, who_may_disconnect
from bot.domain.texts import sentences, text
from bot.domain.values import Chat, ChatKind, Connection, EnvironmentId, Person
from bot.features.connections.disconnect_chat import disconnect_facts
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services

_ASK = text("Ask one of them, or ask your administrator.")
_UNTIL_MONDAY = text("You can mute the chat until Monday: write mute monday")


async def require_user(
    services: Services, chat: Chat, person: Person, connections: Sequence[Connection]
) -> AuthorizedUser:
    """Return the person as a user who is in the chat; raise `NotAllowed` for others (spec S3, S4, S7)."""
    users = await _users(services, chat, person, connections)
    return next(iter(users.values()))


async def require_can_mute(
    services: Services, chat: Chat, person: Person, connections: Sequence[Connection]
) -> AuthorizedUser:
    """Return the person if they may mute these records until Monday at most; raise `NotAllowed`.

    In a group chat, everyone who may use Chat Sync can. In a channel, only the connector, the record's owner, and
    holders of the privilege can.
    """
    if chat.kind is not ChatKind.CHANNEL:
        return await require_user(services, chat, person, connections)
    users = await _users(services, chat, person, connections)
    if not await _may(services, connections, users, is_involved_enough=True):
        raise NotAllowed(
            "In a channel, only the person who connected the record, the record's owner, or people whose security "
            "role lets them disconnect Teams chats can mute it.",
            _ASK,
        )
    return next(iter(users.values()))


async def require_can_change(
    services: Services, chat: Chat, person: Person, connections: Sequence[Connection]
) -> AuthorizedUser:
    """Return the person if they may disconnect each of these records (spec D1); raise `NotAllowed`."""
    users = await _users(services, chat, person, connections)
    if not await _may(services, connections, users):
        record_types = [await _record_type(services, each) for each in connections]
        allowed = who_may_disconnect(
            owner_can=all(each.owner_can_disconnect for each in record_types),
            connector_can=all(each.connector_can_disconnect for each in record_types),
        )
        raise NotAllowed(
            "You cannot change the notifications of this chat.",
            sentences(allowed, _ASK, _UNTIL_MONDAY),
        )
    return next(iter(users.values()))


async def can_change(services: Services, chat: Chat, person: Person, connections: Sequence[Connection]) -> bool:
    """Check whether `require_can_change` succeeds for a person who may use Chat Sync."""
    return await _may(services, connections, await _users(services, chat, person, connections))


Users = dict[EnvironmentId, AuthorizedUser]


async def _users(services: Services, chat: Chat, person: Person, connections: Sequence[Connection]) -> Users:
    environments = {each.record.environment for each in connections}
    users, _ = await asyncio.gather(
        access.require_user_anywhere(services, person, environments), access.require_member(services, chat, person)
    )
    return dict(users)


async def _may(
    services: Services, connections: Sequence[Connection], users: Users, *, is_involved_enough: bool = False
) -> bool:
    """Check the right for each record. The privilege counts for all records of its environment."""
    privileged = await _privileged(services, users)
    for each in connections:
        environment = each.record.environment
        if environment in privileged:
            continue
        if environment not in users:
            return False
        record_type = await _record_type(services, each)
        facts = await disconnect_facts(services, each, users[environment], record_type)
        facts = replace(facts, owner_can=True, connector_can=True) if is_involved_enough else facts
        if not may_disconnect(facts):
            return False
    return True


async def _privileged(services: Services, users: Users) -> Collection[EnvironmentId]:
    checks = [
        services.records.holds_privilege(environment, each.user.id, DISCONNECT_PRIVILEGE)
        for environment, each in users.items()
    ]
    return {environment for environment, holds in zip(users, await asyncio.gather(*checks), strict=True) if holds}


async def _record_type(services: Services, connection: Connection) -> RecordType:
    types = await services.administration.record_types(connection.record.environment)
    return types.get(connection.record.table, RecordType(table=connection.record.table))
