"""What waits to be done or sent, and how fast it may go."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.tables.types import Instant, Instants, RowNumber, metadata

PENDING, DONE, DEAD_LETTERED, DROPPED = "waiting", "done", "parked", "dropped"
"""States of a row in the inbox or the outbox."""


def _queue_table(name: str, *own: Column[Any], one_each: str) -> Table:
    """What workers do lane by lane, with columns of its own; in `one_each` no two rows are alike."""
    return Table(
        name,
        metadata,
        Column("id", RowNumber, primary_key=True),
        *own,
        Column("correlation_id", String, nullable=False),
        Column("received_at", Instant, nullable=False),
        Column("due_at", Instant, nullable=False),
        Column("state", String, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("reason", String),
        Column("done_at", Instant),
        UniqueConstraint(one_each),
    )


inbox = _queue_table(
    "inbox",
    Column("key", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("body", JSON, nullable=False),
    one_each="key",
)

outbox = _queue_table(
    "outbox",
    Column("key", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("connection_id", ForeignKey("connection.id")),
    Column("caused_at", Instant),
    Column("body", LargeBinary, nullable=False),
    # What the chat was last told before this message, so that it can be told again if the message never arrives.
    Column("told_before", JSON(none_as_null=True)),
    one_each="key",
)

# Chats whose rows in Dataverse are to be brought up to date: one row each, however often that is asked for.
sync_job = _queue_table(
    "sync_job",
    Column("lane", ForeignKey("chat.id"), nullable=False),
    Column("asked", Integer, nullable=False),
    Column("look", Boolean, nullable=False),
    one_each="lane",
)

_PENDING = text(f"state = '{PENDING}'")
for _queue in (inbox, outbox):
    Index(None, _queue.c.lane, _queue.c.id, sqlite_where=_PENDING, postgresql_where=_PENDING)

Index(None, inbox.c.lane, inbox.c.received_at)
Index(None, outbox.c.connection_id, outbox.c.id)
_DEAD_LETTERED = text(f"state = '{DEAD_LETTERED}'")
Index("ix_outbox_parked", outbox.c.id, sqlite_where=_DEAD_LETTERED, postgresql_where=_DEAD_LETTERED)

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
