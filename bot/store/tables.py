"""The tables of the store. What each is for: `docs/architecture.md`.

SQLAlchemy Core is used because one set of statements then serves SQLite and PostgreSQL.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)

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

WAITING, DONE, PARKED, DROPPED = "waiting", "done", "parked", "dropped"
"""States of a row in the inbox or the outbox."""

environment = Table(
    "environment",
    metadata,
    Column("id", String, primary_key=True),
    Column("chats_on", Boolean, nullable=False),
    Column("allowed_roles", JSON, nullable=False),
    Column("sync_on", Boolean, nullable=False),
    Column("sync_changed_at", Instant),
    Column("sync_idle_days", Integer, nullable=False),
    Column("mirror_chats", Boolean, nullable=False),
    # Counts the times that settings were saved, so that two who save at once do not undo each other's.
    Column("version", Integer, nullable=False),
)

record_type = Table(
    "record_type",
    metadata,
    Column("environment", ForeignKey("environment.id"), primary_key=True),
    Column("table", String, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("note", Boolean, nullable=False),
    Column("note_view", String),
    Column("auto_name", Boolean, nullable=False),
    Column("join", Boolean, nullable=False),
    Column("owner_can_disconnect", Boolean, nullable=False),
    Column("connector_can_disconnect", Boolean, nullable=False),
    Column("notify", Boolean, nullable=False),
    Column("key_fields", JSON, nullable=False),
    Column("tell_secured", Boolean, nullable=False),
    Column("leave_out_secured", Boolean, nullable=False),
    Column("disclosure", String, nullable=False),
)

# Who set what: kept for good, unlike what people do every day.
setting_change = Table(
    "setting_change",
    metadata,
    Column("environment", ForeignKey("environment.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("changes", JSON, nullable=False),
)

chat = Table(
    "chat",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("tenant_id", String, nullable=False),
    Column("service_url", String, nullable=False),
    Column("bot_id", String, nullable=False),
    Column("bot_name", String, nullable=False),
    Column("bot_present", Boolean, nullable=False),
    Column("introduced_at", Instant),
    Column("team_id", String),
    Column("channel_id", String),
    Column("topic", String),
    Column("last_writer_id", String),
    Column("last_written_at", Instant),
)

chat_member = Table(
    "chat_member",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String, primary_key=True),
    Column("object_id", String),
)

connection = Table(
    "connection",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("environment", String, nullable=False),
    Column("table", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("record_name", String, nullable=False),
    Column("record_number", String),
    Column("connector_id", String, nullable=False),
    Column("connector_name", String, nullable=False),
    Column("connected_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("paused_reason", String),
    Column("ended_at", Instant),
    Column("ended_by_id", String),
    Column("ended_by_name", String),
)
_LIVE = text("ended_at IS NULL")
# One live connection of a chat and a record, however many presses race for it (spec C4).
Index(
    "uq_connection_live",
    connection.c.chat_id,
    connection.c.environment,
    connection.c.table,
    connection.c.row_id,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index(
    "ix_connection_record",
    connection.c.environment,
    connection.c.table,
    connection.c.row_id,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)

chat_activity = Table(
    "chat_activity",
    metadata,
    Column("connection_id", ForeignKey("connection.id"), primary_key=True),
    Column("activity_id", String),
    Column("state", String, nullable=False),
    Column("written_at", Instant),
)

field_value = Table(
    "field_value",
    metadata,
    Column("connection_id", ForeignKey("connection.id"), primary_key=True),
    Column("column", String, primary_key=True),
    Column("raw", JSON),
    Column("text", String),
    Column("at", Instant, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("key", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("correlation_id", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String),
    Column("done_at", Instant),
    UniqueConstraint("key"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("key", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("connection_id", ForeignKey("connection.id")),
    Column("caused_at", Instant),
    Column("body", LargeBinary, nullable=False),
    # What the chat was last told before this message, so that it can be told again if the message never arrives.
    Column("told_before", JSON(none_as_null=True)),
    Column("correlation_id", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String),
    Column("done_at", Instant),
    UniqueConstraint("key"),
)

_WAITING = text(f"state = '{WAITING}'")
for _queue in (inbox, outbox):
    Index(None, _queue.c.lane, _queue.c.id, sqlite_where=_WAITING, postgresql_where=_WAITING)

Index(None, inbox.c.lane, inbox.c.received_at)
Index(None, outbox.c.connection_id, outbox.c.id)
_PARKED = text(f"state = '{PARKED}'")
Index("ix_outbox_parked", outbox.c.id, sqlite_where=_PARKED, postgresql_where=_PARKED)

lane = Table(
    "lane",
    metadata,
    Column("queue", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("due_at", Instant),
    Column("owner", String),
    Column("leased_until", Instant),
)
_DUE = text("due_at IS NOT NULL")
Index("ix_lane_due", lane.c.queue, lane.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)

# When the bot wrote into a chat, in its turn or by itself: what the pace of the next message follows from.
post = Table(
    "post",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", String, nullable=False),
    Column("at", Instant, nullable=False),
)
Index(None, post.c.chat_id, post.c.at)

# The instants of the last posts that workers reserved, whichever process they run in.
tenant_budget = Table(
    "tenant_budget",
    metadata,
    Column("tenant_id", String, primary_key=True),
    Column("posts", Instants, nullable=False),
)

# Where Dataverse's change tracking goes on, table by table.
change_link = Table(
    "change_link",
    metadata,
    Column("environment", String, primary_key=True),
    Column("table", String, primary_key=True),
    Column("link", String, nullable=False),
    Column("taken_at", Instant, nullable=False),
)

# Chats that people asked for: how far each has come, and who works on it just now.
new_chat = Table(
    "new_chat",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("key", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("wish", JSON, nullable=False),
    Column("chat_id", String),
    Column("url", String, nullable=False),
    Column("asked_at", Instant),
    Column("done", JSON, nullable=False),
    Column("troubles", JSON, nullable=False),
    Column("unfinished", Boolean, nullable=False),
    Column("held_until", Instant),
    UniqueConstraint("key"),
)
Index(None, new_chat.c.person_id, new_chat.c.id)

audit = Table(
    "audit",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("act", String, nullable=False),
    Column("person_id", String),
    Column("person_name", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("table", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("details", JSON, nullable=False),
)
