"""Access of users to rows ("RetrievePrincipalAccess Function")."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bot.dataverse.batch import MAX_REQUESTS
from bot.dataverse.client import DataverseClient
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.tables import Table
from bot.domain.values import ObjectId, UserId

_MAX_CONDITIONS = 50
"""Maximum number of conditions in one query, so that its URL stays far below the limits of servers."""
_READ, _WRITE = "ReadAccess", "WriteAccess"
_FUNCTION = "Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)"

T = TypeVar("T")


async def filter_readers(
    client: DataverseClient, table: Table, row_id: str, people: Sequence[ObjectId]
) -> frozenset[ObjectId]:
    """Return the people that have an enabled user with read access to the row."""
    users = await enabled_users(client, people)
    groups = _chunks(list(users.items()), MAX_REQUESTS)
    found = await asyncio.gather(*(_readers(client, table, row_id, group) for group in groups))
    return frozenset[ObjectId]().union(*found)


async def can_write(client: DataverseClient, table: Table, row_id: str, user: UserId) -> bool:
    """Return whether the user has write access to the row."""
    found = await client.get(f"systemusers({user})/{_FUNCTION}", _target(table, row_id))
    return _WRITE in _rights(found)


async def enabled_users(client: DataverseClient, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
    """Return the enabled user of each person that has one."""
    groups = _chunks(list(dict.fromkeys(people)), _MAX_CONDITIONS)
    found = await asyncio.gather(*(_some_users(client, group) for group in groups))
    return {person: user for users in found for person, user in users.items()}


async def _some_users(client: DataverseClient, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
    one_of = " or ".join(f"azureactivedirectoryobjectid eq {person}" for person in people)
    query = {
        "$select": "systemuserid,azureactivedirectoryobjectid",
        "$filter": f"isdisabled eq false and ({one_of})",
    }
    rows = await client.rows("systemusers", query)
    return {
        ObjectId(str(row.get("azureactivedirectoryobjectid")).lower()): UserId(str(row.get("systemuserid")).lower())
        for row in rows
    }


async def _readers(
    client: DataverseClient, table: Table, row_id: str, users: Sequence[tuple[ObjectId, UserId]]
) -> frozenset[ObjectId]:
    target = _target(table, row_id)
    answers = await client.batch_read([(f"systemusers({user})/{_FUNCTION}", target) for _, user in users])
    return frozenset(person for (person, _), answer in zip(users, answers, strict=True) if _grants_read(answer))


def _chunks(items: Sequence[T], size: int) -> Sequence[Sequence[T]]:
    return [items[begin : begin + size] for begin in range(0, len(items), size)]


def _grants_read(answer: Mapping[str, Any] | ChatSyncError) -> bool:
    """Return whether the answer grants read access; raise `Unavailable` if Dataverse did not process the request."""
    if isinstance(answer, Unavailable):
        raise answer
    if isinstance(answer, ChatSyncError):
        return False
    return _READ in _rights(answer)


def _rights(answer: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(right.strip() for right in str(answer.get("AccessRights")).split(","))


def _target(table: Table, row_id: str) -> Mapping[str, str]:
    return {"@t": f'{{"@odata.id":"{table.set_name}({row_id})"}}'}
