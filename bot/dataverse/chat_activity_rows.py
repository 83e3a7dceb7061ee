"""Rows of table `chat`, which timelines show ("Teams chat (chat) table reference", "Activity tables")."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import require_no_such_row
from bot.dataverse.row_access import enabled_users
from bot.dataverse.table_cache import CHATS, TableCache
from bot.domain.chat_sync import MAX_CHAT_ID_LENGTH, ActivityRow, DesiredRow, RowChange, RowState, apply_change
from bot.domain.errors import NotFound, NotSupported, Unavailable
from bot.domain.formatting import canonical_instant
from bot.domain.values import ChatId, EnvironmentId, ObjectId, RecordRef, UserId

_SET = "chats"
_PARTIES = "chat_activity_parties"
PARTICIPANT = 12
"""Value of `participationtypemask` for a chat participant."""
_SENDER = 1
"""Value of `participationtypemask` for the party behind column `modifiedinteamsby`."""
_RETURNED_COLUMNS = "statecode"
_SELECTED_COLUMNS = "statecode,subject,description,modifiedinteamson,_regardingobjectid_value"
_EXPANDED_PARTIES = f"{_PARTIES}($select=participationtypemask,_partyid_value)"
_STATUS = {RowState.OPEN: 1, RowState.COMPLETED: 2}
"""The `statuscode` for each `statecode`."""


class DataverseChatActivityRows:
    """See `bot.ports.dataverse_writes.ChatActivityRows`."""

    def __init__(
        self, clients: Mapping[EnvironmentId, DataverseClient], tables: Mapping[EnvironmentId, TableCache]
    ) -> None:
        self._clients = clients
        self._tables = tables

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Return whether rows of table `chat` can be regarding rows of this table."""
        return await self._tables[environment].regarding_property(CHATS, table) is not None

    async def users(self, environment: EnvironmentId, people: Sequence[ObjectId]) -> Mapping[ObjectId, UserId]:
        """Return the enabled user of each person that has one."""
        return await enabled_users(self._clients[environment], people) if people else {}

    async def create(
        self, record: RecordRef, activity_id: str, chat: ChatId, desired: DesiredRow, *, created_by: ObjectId
    ) -> ActivityRow:
        """Create the row on behalf of the maker."""
        row = ActivityRow(state=RowState.OPEN, version="", description="")
        change = RowChange(
            subject=desired.subject,
            regarding=desired.record,
            members=desired.members,
            modified_on=desired.modified_on.replace(microsecond=0) if desired.modified_on else None,
            modified_by=desired.modified_by,
        )
        named = {"teamschatid": chat} if len(chat) <= MAX_CHAT_ID_LENGTH else {}
        values = {**named, **await self._values(record, change)}
        path, client = f"{_SET}({activity_id})", self._clients[record.environment]
        try:
            answer = await client.upsert(path, values, caller=created_by, only_new=True, back=_RETURNED_COLUMNS)
        except NotFound as error:
            require_no_such_row(error)
            raise
        return apply_change(row, change, _version(answer.body))

    async def read(self, environment: EnvironmentId, activity_id: str) -> ActivityRow | None:
        """Return the whole row; None if it does not exist."""
        query = {"$select": _SELECTED_COLUMNS, "$expand": _EXPANDED_PARTIES}
        try:
            body = await self._clients[environment].get(f"{_SET}({activity_id})", query)
        except NotFound as error:
            require_no_such_row(error)
            return None
        return _parse_row(body)

    async def update(self, record: RecordRef, activity_id: str, row: ActivityRow, change: RowChange) -> ActivityRow:
        """Update the row and return its new state."""
        values = await self._values(record, change)
        client = self._clients[record.environment]
        try:
            answer = await client.update(f"{_SET}({activity_id})", values, etag=row.version, back=_RETURNED_COLUMNS)
        except NotFound as error:
            require_no_such_row(error)
            raise
        return apply_change(row, change, _version(answer.body))

    async def _values(self, record: RecordRef, change: RowChange) -> Mapping[str, object]:
        values: dict[str, object] = {
            "subject": change.subject,
            "description": change.description,
            "modifiedinteamson": _format_time(change.modified_on),
            "statecode": change.state,
            "statuscode": None if change.state is None else _STATUS[change.state],
        }
        written = {name: value for name, value in values.items() if value is not None}
        if change.members is not None:
            written[_PARTIES] = _parties(change.members, change.modified_by)
        if change.regarding is not None:
            written.update(await self._regarding_binding(record))
        return written

    async def _regarding_binding(self, record: RecordRef) -> Mapping[str, str]:
        """Return the binding of the regarding record; the property's name differs from table to table."""
        tables = self._tables[record.environment]
        try:
            navigation, table = await asyncio.gather(
                tables.regarding_property(CHATS, record.table), tables.get(record.table)
            )
        except NotFound as error:
            raise _no_timeline() from error
        if navigation is None:
            raise _no_timeline()
        return {f"{navigation}@odata.bind": f"/{table.set_name}({record.row_id})"}


def _no_timeline() -> NotSupported:
    """Return the error for a table whose timeline was removed after the row was created."""
    return NotSupported("The timeline of this table does not show chats.", "Chat Sync will retry.")


def _parties(members: frozenset[UserId], modified_by: UserId | None) -> Sequence[Mapping[str, object]]:
    writer = [_party(_SENDER, modified_by)] if modified_by else []
    return [*(_party(PARTICIPANT, each) for each in sorted(members)), *writer]


def _party(kind: int, user: UserId) -> Mapping[str, object]:
    return {"participationtypemask": kind, "partyid_systemuser@odata.bind": f"/systemusers({user})"}


def _format_time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _parse_row(body: Mapping[str, Any]) -> ActivityRow:
    """Parse a row; raise `Unavailable` for anything else."""
    try:
        parties = [each for each in body.get(_PARTIES) or () if each.get("_partyid_value")]
        writers = _party_users(parties, _SENDER)
        return ActivityRow(
            state=RowState(body["statecode"]),
            version=_version(body),
            members=frozenset(_party_users(parties, PARTICIPANT)),
            modified_by=writers[0] if writers else None,
            modified_on=_parse_time(body.get("modifiedinteamson")),
            subject=str(body.get("subject") or ""),
            description=str(body.get("description") or ""),
            regarding=str(body.get("_regardingobjectid_value") or "").lower(),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable("Dynamics 365 returned an unreadable chat.", "Try again in a moment.") from error


def _party_users(parties: Sequence[Mapping[str, Any]], kind: int) -> Sequence[UserId]:
    of_kind = [each for each in parties if each.get("participationtypemask") == kind]
    return [UserId(str(each["_partyid_value"]).lower()) for each in of_kind]


def _parse_time(value: object) -> datetime | None:
    text = canonical_instant(value) if isinstance(value, str) else None
    return datetime.fromisoformat(text) if text and text.endswith("Z") else None


def _version(body: Mapping[str, Any]) -> str:
    version = body.get("@odata.etag")
    if not isinstance(version, str):
        raise Unavailable("Dynamics 365 returned an answer without a version.", "Try again in a moment.")
    return version
