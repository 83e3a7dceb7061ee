"""Tables of the queues and of rate limiting."""

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
"""States of a row in a queue. A parked row is a dead letter."""


def _queue_table(name: str, *own: Column[Any], one_each: str) -> Table:
    """Return the table of a queue with extra columns; `one_each` is a unique column."""
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
        # The trace that the work continues, in the format of W3C Trace Context.
        Column("trace", String),
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
    # The record type that the message is about, and the setting that must be on when it is sent.
    Column("environment", String),
    Column("table", String),
    Column("switch", String),
    # Further record types and their settings, for a summary of several record types.
    Column("other_subjects", JSON(none_as_null=True)),
    Column("caused_at", Instant),
    # The conversation ID of the channel's thread that the message answers in.
    Column("thread", String),
    # The card that the message posts or edits, and the version of its content in the body.
    Column("card_id", RowNumber),
    Column("card_version", Integer),
    Column("body", LargeBinary, nullable=False),
    # The values that the chat knew before this message, restored if the message is never delivered.
    Column("told_before", JSON(none_as_null=True)),
    # The values in the message. Stored when it is given up with its chat: the chat knows them if it is sent after all.
    Column("told_after", JSON(none_as_null=True)),
    one_each="key",
)

# Chats whose Dataverse rows need an update: one row for each chat, with a count of requests.
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
# Messages of a chat in every state, for its status and for edits of what was sent.
Index("ix_outbox_chat", outbox.c.lane, outbox.c.id)
_FAILED = text("reason IS NOT NULL")
Index("ix_sync_job_failed", sync_job.c.lane, sqlite_where=_FAILED, postgresql_where=_FAILED)
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
_IDLE = text("due_at IS NULL")
Index("ix_lane_idle", lane.c.queue, lane.c.name, sqlite_where=_IDLE, postgresql_where=_IDLE)

# Posts of the bot to chats, from which the rate limiter computes the time of the next one.
post = Table(
    "post",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", String, nullable=False),
    Column("at", Instant, nullable=False),
)
Index(None, post.c.chat_id, post.c.at)

# Times of the last posts that workers of all processes reserved.
tenant_budget = Table(
    "tenant_budget",
    metadata,
    Column("tenant_id", String, primary_key=True),
    Column("posts", Instants, nullable=False),
)

# Positions in Dataverse's change tracking.
change_link = Table(
    "change_link",
    metadata,
    Column("environment", String, primary_key=True),
    Column("table", String, primary_key=True),
    Column("link", String, nullable=False),
    Column("taken_at", Instant, nullable=False),
)
