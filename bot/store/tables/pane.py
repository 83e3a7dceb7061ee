"""The table of sessions in the pane (spec P7)."""

from sqlalchemy import Column, String, Table

from bot.store.tables.types import Instant, metadata

pane_session = Table(
    "pane_session",
    metadata,
    # A digest of the token. The token itself is never stored.
    Column("digest", String, primary_key=True),
    Column("object_id", String, nullable=False),
    Column("tenant_id", String, nullable=False),
    Column("host", String, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
)
