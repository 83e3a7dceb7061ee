"""Dataverse in memory: the port's answers without a wire, for measurements of the Teams door alone."""

# ruff: noqa: ARG002 - the port's arguments have its names, whether they matter here or not

from collections.abc import Sequence

from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table, View
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
    """See `bot.ports.Records`; it knows what link queries ask for."""

    def __init__(self) -> None:
        self._titles = {row_id(number): record_name(number) for number in range(LINKS)}

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        return _CASE

    async def table_by_code(self, environment: EnvironmentId, code: int) -> Table:
        return _CASE

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        values = {"title": ColumnValue(raw=self._titles[record.row_id]), "ticketnumber": ColumnValue(raw="CAS-01001")}
        return Row(id=record.row_id, values=values)

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        return User(id=UserId(person), name="Alex Wilber", sign_in="alex@contoso.example", enabled=True)

    async def note_view(self, environment: EnvironmentId, table: str, view: str | None) -> View:
        raise NotImplementedError

    async def find(
        self, environment: EnvironmentId, table: Table, words: str, *, caller: ObjectId, at_most: int
    ) -> Sequence[Row]:
        raise NotImplementedError

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        raise NotImplementedError

    async def name_of(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        raise NotImplementedError

    async def owned_by(self, record: RecordRef, user: UserId) -> bool:
        raise NotImplementedError

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        raise NotImplementedError
