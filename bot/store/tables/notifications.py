"""Tables of notification rules and decisions (spec section 14)."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.tables.types import Instant, RowNumber, metadata

# The rules of a chat. A chat without a row has no rules.
chat_rules = Table(
    "chat_rules",
    metadata,
    Column("chat_id", ForeignKey("chat.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("rules", JSON, nullable=False),
)

# The rules of a connection. A connection without a row has the defaults of its record type.
connection_rules = Table(
    "connection_rules",
    metadata,
    Column("connection_id", ForeignKey("connection.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("rules", JSON, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("connection_id", ForeignKey("connection.id"), nullable=False),
    Column("chat_id", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    # Old and new values only if they were posted.
    Column("columns", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("news", Boolean, nullable=False),
    # The next decision about a held change. Without it, the change waits until a person ends the mute.
    Column("due_at", Instant),
    Column("closed_as", String),
    Column("closed_at", Instant),
)
_OPEN = text("outcome = 'held' AND closed_as IS NULL")
Index("ix_decision_connection", decision.c.connection_id, decision.c.id)
Index("ix_decision_chat", decision.c.chat_id, decision.c.at)
Index("ix_decision_open", decision.c.chat_id, decision.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_decision_due", decision.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)

# Changes made on cards, with the version of the row that Dataverse's event names as well.
own_change = Table(
    "own_change",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("table", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_own_change_record", own_change.c.environment, own_change.c.table, own_change.c.row_id)

# People who do not want to be mentioned on cards.
mention_opt_out = Table(
    "mention_opt_out",
    metadata,
    Column("tenant_id", String, primary_key=True),
    Column("person_id", String, primary_key=True),
)

# Cards that are edited: the live card of a connection, and the summary card of a chat.
posted_card = Table(
    "posted_card",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    # None for the summary of a chat.
    Column("connection_id", ForeignKey("connection.id")),
    Column("kind", String, nullable=False),
    # The message in Teams. None until it is posted, and after it was lost.
    Column("activity_id", String),
    Column("content", JSON, nullable=False),
    # Increases with each change of the content.
    Column("version", Integer, nullable=False),
    # The values that the chat knew before the changes that are not in the outbox yet.
    Column("told_before", JSON(none_as_null=True)),
    # When the card is posted or edited next. None if the message is up to date.
    Column("due_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("posted_at", Instant),
    Column("edited_at", Instant),
    # From when another card takes its place.
    Column("ended_at", Instant),
)
_CURRENT_LIVE = text("kind = 'live' AND ended_at IS NULL")
_CURRENT_SUMMARY = text("kind = 'summary' AND ended_at IS NULL")
Index(
    "uq_posted_card_live",
    posted_card.c.connection_id,
    unique=True,
    sqlite_where=_CURRENT_LIVE,
    postgresql_where=_CURRENT_LIVE,
)
Index(
    "uq_posted_card_summary",
    posted_card.c.chat_id,
    unique=True,
    sqlite_where=_CURRENT_SUMMARY,
    postgresql_where=_CURRENT_SUMMARY,
)
Index("ix_posted_card_connection", posted_card.c.connection_id)
# For retention.
_SUMMARY, _REPLACED = text("kind = 'summary'"), text("ended_at IS NOT NULL")
Index("ix_posted_card_summary", posted_card.c.changed_at, sqlite_where=_SUMMARY, postgresql_where=_SUMMARY)
Index("ix_posted_card_ended", posted_card.c.ended_at, sqlite_where=_REPLACED, postgresql_where=_REPLACED)
