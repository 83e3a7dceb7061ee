"""Dataverse in memory: the port's answers without a wire, for measurements of the Teams door alone."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from unittest.mock import patch

from bot.dataverse.records import DataverseRecords
from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, User, UserId
from tests.bench.samples import LINKS, record_name, row_id

_COLUMNS = {name: Column(name=name, label=name, type=ColumnType.STRING) for name in ("title", "ticketnumber")}
_CASE = Table(
    name="incident",
    label="Case",
    set_name="incidents",
    primary_id="incidentid",
    primary_name="title",
    columns=_COLUMNS,
    type_code=112,
)


class MemoryRecords:
    """What of `bot.ports.dataverse.Records` link queries ask for."""

    @classmethod
    def instead(cls) -> AbstractContextManager[object]:
        """`make_app` takes no records of others: within the block these stand in for Dataverse's."""
        own = cls()
        return patch.multiple(DataverseRecords, table=own.table, read=own.read, user=own.user)

    def __init__(self) -> None:
        self._titles = {row_id(number): record_name(number) for number in range(LINKS)}

    async def table(self, environment: EnvironmentId, name: str, *, reader: UserId | None = None) -> Table:
        return _CASE

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        values = {"title": ColumnValue(raw=self._titles[record.row_id]), "ticketnumber": ColumnValue(raw="CAS-01001")}
        return Row(id=record.row_id, values=values)

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        return User(id=UserId(person), name="Alex Wilber", sign_in="alex@contoso.example", enabled=True)
