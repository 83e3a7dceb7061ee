"""People related to a record: by its columns and its activities."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import ANNOTATIONS, FORMATTED, LOOKUP_TABLE
from bot.dataverse.records import DataverseRecords
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound
from bot.domain.record_links import parse_guid
from bot.domain.tables import MODIFIED_BY, OWNER, STATE, Table
from bot.domain.values import EnvironmentId, ObjectId, RecordRef
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.dataverse import InvolvedPeople, ResolvedRecord
from bot.runtime.ttl_cache import TtlCache

_log = get_logger(__name__)

ACTIVITIES = ("email", "task", "phonecall", "appointment")
"""Activity tables; those that an organization does not have are ignored."""

MAX_RESOLVED_RECORDS = 10_000
CACHE_TTL = timedelta(minutes=10)
_MAX_SOLVED = 50
"""Maximum number of tables whose closed records are in memory, at about two megabytes each."""

_MAX_ACTIVITIES = 500
_USERS_PER_REQUEST = 50
_OWNER, _CREATOR, _MODIFIER = "_ownerid_value", "_createdby_value", "_modifiedby_value"
_ADMINISTRATOR = "_administratorid_value"
_SUBJECT_COLUMN = "subjectid"
"""The subject that a case is filed under."""


class DataverseRecordPeople:
    """See `bot.ports.dataverse.RecordPeople`."""

    def __init__(
        self, clients: Mapping[EnvironmentId, DataverseClient], records: DataverseRecords, clock: Clock
    ) -> None:
        self._clients = clients
        self._records = records
        self._solved: TtlCache[tuple[EnvironmentId, str], Sequence[ResolvedRecord]] = TtlCache(
            clock, max_size=_MAX_SOLVED, ttl=CACHE_TTL
        )

    async def involved_people(self, record: RecordRef, *, since: datetime, caller: ObjectId) -> InvolvedPeople:
        """Return the related people, from the data that the caller may read."""
        row, activities = await asyncio.gather(
            self._row(record, caller), self._activities(record, since=since, caller=caller)
        )
        owner, is_team = row.get(_OWNER), row.get(f"{_OWNER}@{LOOKUP_TABLE}") == "team"
        named = [row.get(name) for name in (_CREATOR, _MODIFIER)] + ([] if is_team else [owner])
        people, team, administrator = await asyncio.gather(
            self._people(record.environment, [*named, *activities]),
            self._team(record.environment, str(owner)) if is_team else _no_people(),
            self._administrator(record.environment, str(owner)) if is_team else _nobody(),
        )
        return InvolvedPeople(
            owner=None if is_team else people.get(str(owner)),
            team=team,
            administrator=administrator,
            creator=people.get(str(row.get(_CREATOR))),
            modifier=people.get(str(row.get(_MODIFIER))),
            activities={people[user]: count for user, count in activities.items() if user in people},
        )

    async def resolved_records(self, environment: EnvironmentId, table: str) -> Sequence[ResolvedRecord]:
        """Return the most recently closed records of the table."""
        return await self._solved.fetch((environment, table), partial(self._read_solved, environment, table))

    async def record_text(self, record: RecordRef, *, caller: ObjectId) -> str:
        """Return the record's name and subject."""
        table = await self._records.table(record.environment, record.table)
        query = {"$select": ",".join([table.primary_name, *_subject_properties(table)])}
        path = f"{table.set_name}({record.row_id})"
        row = await self._clients[record.environment].get(path, query, caller=caller, prefer=[ANNOTATIONS])
        return _name_and_subject(row, table)

    async def filter_readable(
        self, environment: EnvironmentId, table: str, row_ids: Sequence[str], *, caller: ObjectId
    ) -> frozenset[str]:
        """Return the rows that the caller may read."""
        if not row_ids:
            return frozenset()
        known = await self._records.table(environment, table)
        one_of = " or ".join(f"{known.primary_id} eq {each}" for each in row_ids)
        query = {"$select": known.primary_id, "$filter": one_of}
        rows = await self._clients[environment].rows(known.set_name, query, caller=caller)
        return frozenset(str(row.get(known.primary_id)) for row in rows)

    async def _row(self, record: RecordRef, caller: ObjectId) -> Mapping[str, Any]:
        table = await self._records.table(record.environment, record.table)
        columns = [f"_{name}_value" for name in (OWNER, "createdby", MODIFIED_BY) if name in table.columns]
        if not columns:
            return {}
        path = f"{table.set_name}({record.row_id})"
        query = {"$select": ",".join(columns)}
        return await self._clients[record.environment].get(path, query, caller=caller, prefer=[ANNOTATIONS])

    async def _activities(self, record: RecordRef, *, since: datetime, caller: ObjectId) -> Counter[str]:
        """Count the activities that each user owns."""
        found = await asyncio.gather(
            *(self._activities_of_table(name, record, since=since, caller=caller) for name in ACTIVITIES)
        )
        return Counter(str(row.get(_OWNER)) for rows in found for row in rows if row.get(_OWNER))

    async def _activities_of_table(
        self, name: str, record: RecordRef, *, since: datetime, caller: ObjectId
    ) -> Sequence[Mapping[str, Any]]:
        try:
            table = await self._records.table(record.environment, name)
            query = {
                "$select": _OWNER,
                "$filter": f"_regardingobjectid_value eq {record.row_id} and modifiedon ge {since:%Y-%m-%dT%H:%M:%SZ}",
            }
            client = self._clients[record.environment]
            return await client.all_rows(table.set_name, query, at_most=_MAX_ACTIVITIES, caller=caller)
        except (NotFound, NotAllowed, BadRequest):
            return ()  # not installed, or not accessible to the caller
        except ChatSyncError as error:
            _log.warning("suggestions.activities_unreadable", table=name, reason=describe_error(error))
            return ()

    async def _team(self, environment: EnvironmentId, team: str) -> frozenset[ObjectId]:
        query = {"$select": "azureactivedirectoryobjectid", "$filter": "isdisabled eq false"}
        rows = await self._clients[environment].rows(f"teams({team})/teammembership_association", query)
        return frozenset(person for row in rows if (person := _object_id(row)))

    async def _administrator(self, environment: EnvironmentId, team: str) -> ObjectId | None:
        """Return the administrator of the team ("Team table reference"), who need not be a member of it."""
        try:
            row = await self._clients[environment].get(f"teams({team})", {"$select": _ADMINISTRATOR})
        except (NotFound, NotAllowed):
            return None
        user = row.get(_ADMINISTRATOR)
        return (await self._people(environment, [user])).get(str(user))

    async def _people(self, environment: EnvironmentId, users: Iterable[Any]) -> Mapping[str, ObjectId]:
        """Return the Entra object ID of each enabled user that has one."""
        ids = list(dict.fromkeys(str(each) for each in users if each))
        groups = [ids[begin : begin + _USERS_PER_REQUEST] for begin in range(0, len(ids), _USERS_PER_REQUEST)]
        found = await asyncio.gather(*(self._people_chunk(environment, group) for group in groups))
        return {user: person for some in found for user, person in some.items()}

    async def _people_chunk(self, environment: EnvironmentId, users: Sequence[str]) -> Mapping[str, ObjectId]:
        one_of = " or ".join(f"systemuserid eq {each}" for each in users)
        query = {
            "$select": "systemuserid,azureactivedirectoryobjectid",
            "$filter": f"isdisabled eq false and ({one_of})",
        }
        rows = await self._clients[environment].rows("systemusers", query)
        return {str(row.get("systemuserid")): person for row in rows if (person := _object_id(row))}

    async def _read_solved(self, environment: EnvironmentId, name: str) -> Sequence[ResolvedRecord]:
        table = await self._records.table(environment, name)
        if STATE not in table.columns or OWNER not in table.columns:
            return ()
        query = {
            "$select": ",".join([table.primary_id, table.primary_name, _OWNER, *_subject_properties(table)]),
            "$filter": "statecode ne 0",
            "$orderby": "modifiedon desc",
        }
        client = self._clients[environment]
        rows = await client.all_rows(table.set_name, query, at_most=MAX_RESOLVED_RECORDS, prefer=[ANNOTATIONS])
        people = await self._people(environment, (row.get(_OWNER) for row in rows))
        return [
            ResolvedRecord(
                row_id=str(row.get(table.primary_id)),
                text=_name_and_subject(row, table),
                owner=people[str(row[_OWNER])],
            )
            for row in rows
            if str(row.get(_OWNER)) in people and parse_guid(str(row.get(table.primary_id)))
        ]


async def _nobody() -> None:
    return None


async def _no_people() -> frozenset[ObjectId]:
    return frozenset()


def _subject_properties(table: Table) -> Sequence[str]:
    return [f"_{_SUBJECT_COLUMN}_value"] if _SUBJECT_COLUMN in table.columns else []


def _name_and_subject(row: Mapping[str, Any], table: Table) -> str:
    subjects = (row.get(f"{name}@{FORMATTED}") for name in _subject_properties(table))
    return " ".join(str(each) for each in (row.get(table.primary_name), *subjects) if each)


def _object_id(row: Mapping[str, Any]) -> ObjectId | None:
    found = parse_guid(str(row.get("azureactivedirectoryobjectid")))
    return ObjectId(found) if found else None
