"""Dataverse in memory: the port's answers without HTTP, to measure only the route of Teams."""

from collections.abc import Sequence

from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table
from bot.domain.user_formats import UserLanguages
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
    """The part of `bot.ports.dataverse.Records` that link queries use."""

    def __init__(self) -> None:
        self._titles = {row_id(number): record_name(number) for number in range(LINKS)}

    async def require_answer(self, environment: EnvironmentId) -> None:
        return None

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        return _CASE

    async def languages(self, environment: EnvironmentId, person: ObjectId) -> UserLanguages:
        return UserLanguages(words=1033, formats=1033)

    async def base_language(self, environment: EnvironmentId) -> int | None:
        return 1033

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        values = {"title": ColumnValue(raw=self._titles[record.row_id]), "ticketnumber": ColumnValue(raw="CAS-01001")}
        return Row(id=record.row_id, values=values)

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        return User(id=UserId(person), name="Alex Wilber", sign_in="alex@contoso.example", enabled=True)
