"""What Microsoft Graph is asked to tell of."""

from sqlalchemy import Boolean, Column, Index, String, Table, UniqueConstraint

from bot.store.tables.types import Instant, metadata

subscription = Table(
    "subscription",
    metadata,
    # What it is for.
    Column("watch", String, primary_key=True),
    Column("chat_id", String),
    Column("wanted", Boolean, nullable=False),
    Column("subscription_id", String),
    Column("expires_at", Instant),
    # Names the address, client state and certificate that it was made with.
    Column("made_for", String, nullable=False),
    Column("reread", Boolean, nullable=False),
    Column("hindrance", String),
    # When it is to be seen to next, and until when somebody does just now.
    Column("due_at", Instant, nullable=False),
    Column("held_until", Instant),
    UniqueConstraint("chat_id"),
    UniqueConstraint("subscription_id"),
)
Index(None, subscription.c.due_at)
