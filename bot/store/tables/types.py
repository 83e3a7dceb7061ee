"""What the tables are made of: how instants are kept, and how keys and indexes are named."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """An instant as it is kept; one without a zone is refused."""
    return (at - _EPOCH) // timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as microseconds since 1970: exact, ordered and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """The instant as a whole number; a time without a zone is refused."""
        del dialect
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The whole number as an instant in UTC."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Instants(TypeDecorator[list[datetime]]):
    """Several instants in one value, each as `Instant` keeps it."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[datetime] | None, dialect: Dialect) -> list[int] | None:
        """The instants as whole numbers."""
        del dialect
        return None if value is None else [microseconds(each) for each in value]

    def process_result_value(self, value: list[int] | None, dialect: Dialect) -> list[datetime] | None:
        """The whole numbers as instants in UTC."""
        del dialect
        return None if value is None else [_EPOCH + timedelta(microseconds=each) for each in value]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only where the key is of type INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")
