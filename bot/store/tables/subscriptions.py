"""The table of Microsoft Graph subscriptions."""

from sqlalchemy import Boolean, Column, Index, String, Table, UniqueConstraint

from bot.store.tables.types import Instant, metadata

subscription = Table(
    "subscription",
    metadata,
    # The target's key.
    Column("watch", String, primary_key=True),
    Column("chat_id", String),
    Column("wanted", Boolean, nullable=False),
    Column("subscription_id", String),
    Column("expires_at", Instant),
    # A fingerprint of the address, client state, and certificate that it was created with.
    Column("made_for", String, nullable=False),
    Column("reread", Boolean, nullable=False),
    Column("hindrance", String),
    # When it is due next, and when the current lease ends.
    Column("due_at", Instant, nullable=False),
    Column("held_until", Instant),
    UniqueConstraint("chat_id"),
    UniqueConstraint("subscription_id"),
)
Index(None, subscription.c.due_at)
