"""Who may open a row ("RetrievePrincipalAccess Function")."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bot.dataverse.batch import MAX_REQUESTS
from bot.dataverse.client import DataverseClient
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.tables import Table
from bot.domain.values import ObjectId, UserId

_PEOPLE_PER_REQUEST = 50
"""Conditions of one query: its address stays far below what servers take."""
_READ, _WRITE = "ReadAccess", "WriteAccess"
_FUNCTION = "Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)"

T = TypeVar("T")


async def filter_readers(
    client: DataverseClient, table: Table, row_id: str, people: Sequence[ObjectId]
) -> frozenset[ObjectId]:
    """Those of the people who have an enabled user and may read the row."""
    users = await enabled_users(client, people)
    groups = _groups(list(users.items()), MAX_REQUESTS)
    found = await asyncio.gather(*(_readers(client, table, row_id, group) for group in groups))
    return frozenset[ObjectId]().union(*found)


async def can_write(client: DataverseClient, table: Table, row_id: str, user: UserId) -> bool:
    """Whether the user may change the row."""
    found = await client.get(f"systemusers({user})/{_FUNCTION}", _target(table, row_id))
    return _WRITE in _rights(found)


async def enabled_users(client: DataverseClient, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
    """The enabled users of those people who have one."""
    groups = _groups(list(dict.fromkeys(people)), _PEOPLE_PER_REQUEST)
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
    return frozenset(person for (person, _), answer in zip(users, answers, strict=True) if _may_read(answer))


def _groups(every: Sequence[T], size: int) -> Sequence[Sequence[T]]:
    return [every[begin : begin + size] for begin in range(0, len(every), size)]


def _may_read(answer: Mapping[str, Any] | ChatSyncError) -> bool:
    """Whether the answer says so; raises `Unavailable` where Dataverse did not get to it."""
    if isinstance(answer, Unavailable):
        raise answer
    if isinstance(answer, ChatSyncError):
        return False
    return _READ in _rights(answer)


def _rights(answer: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(right.strip() for right in str(answer.get("AccessRights")).split(","))


def _target(table: Table, row_id: str) -> Mapping[str, str]:
    return {"@t": f'{{"@odata.id":"{table.set_name}({row_id})"}}'}
