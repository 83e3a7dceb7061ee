"""Tables of chats, connections, and their state."""

from secrets import token_hex

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false, text

from bot.store.tables.types import Instant, RowNumber, metadata

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
    Column("topic_told_at", Instant),
    # When the topic and the members were last fetched from Teams.
    Column("looked_at", Instant),
    Column("last_writer_id", String),
    Column("last_written_at", Instant),
)

_IN_TEAM = text("team_id IS NOT NULL")
Index("ix_chat_team", chat.c.team_id, sqlite_where=_IN_TEAM, postgresql_where=_IN_TEAM)
# The order in which synced chats are fetched again.
Index("ix_chat_looked", chat.c.looked_at, chat.c.id)

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
    # Whether the chat pane of Dynamics 365 lists the chat with the record.
    Column("mirrored", Boolean, nullable=False, server_default=false()),
    # Names the connection in buttons. Unlike `id`, it cannot be guessed.
    Column("public_id", String, nullable=False, default=lambda: token_hex(16)),
)
_LIVE = text("ended_at IS NULL")
# A chat and a record have at most one active connection, even if presses race (spec C4).
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

_ENDED = text("ended_at IS NOT NULL")
Index("ix_connection_ended", connection.c.ended_at, connection.c.id, sqlite_where=_ENDED, postgresql_where=_ENDED)

Index("uq_connection_public_id", connection.c.public_id, unique=True)

# These also cover ended connections, for the history.
Index("ix_connection_chat", connection.c.chat_id, connection.c.id)
Index("ix_connection_history", connection.c.environment, connection.c.table, connection.c.row_id, connection.c.id)

chat_activity = Table(
    "chat_activity",
    metadata,
    Column("connection_id", ForeignKey("connection.id"), primary_key=True),
    Column("activity_id", String, nullable=False),
    Column("maker_id", String, nullable=False),
    Column("active_at", Instant, nullable=False),
    # The last seen row without its text: ids, times, and state.
    Column("row", JSON(none_as_null=True)),
    Column("people", JSON, nullable=False),
    Column("others", Integer, nullable=False),
    Column("trouble", String),
    Column("closing", String),
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
    # When the value was read, if no card reported it.
    Column("taken_at", Instant),
    # The number of the watch in which it was stored. Values of earlier watches do not count.
    Column("watch", Integer, nullable=False, server_default="0"),
)

# Changes on cards whose values each reader loads with their own rights.
told_change = Table(
    "told_change",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("key", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("table", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("people", JSON, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("news", JSON, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("told_at", Instant, nullable=False),
    UniqueConstraint("key"),
)

# Requested chats, their progress, and the lease of their creation.
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
