"""Column types, and names of keys and indexes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return a time as microseconds since 1970. A time without a zone raises `TypeError`."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(stored: int) -> datetime:
    """Return the UTC time that `microseconds` converted."""
    return _EPOCH + timedelta(microseconds=stored)


class Instant(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970: exact, sortable, and equal on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the time as microseconds."""
        del dialect
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the microseconds as a UTC time."""
        del dialect
        return None if value is None else from_microseconds(value)


class Instants(TypeDecorator[list[datetime]]):
    """A list of times in one value, each stored like `Instant`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[datetime] | None, dialect: Dialect) -> list[int] | None:
        """Return the times as microseconds."""
        del dialect
        return None if value is None else [microseconds(each) for each in value]

    def process_result_value(self, value: list[int] | None, dialect: Dialect) -> list[datetime] | None:
        """Return the microseconds as UTC times."""
        del dialect
        return None if value is None else [from_microseconds(each) for each in value]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite generates keys only for the type INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")
