"""Tables of the pane: sessions and sign-in windows (spec P7), and the records that are open in them (spec P14)."""

from sqlalchemy import Column, Index, String, Table

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
    # Empty in sessions of earlier versions.
    Column("checked_at", Instant),
    Column("check_due_at", Instant),
)

pane_sign_in = Table(
    "pane_sign_in",
    metadata,
    # A digest of the secret. The secret itself is never stored.
    Column("digest", String, primary_key=True),
    Column("begun_at", Instant, nullable=False),
    # The time of the first answer of Microsoft Entra ID. Any further one is refused.
    Column("returned_at", Instant),
    Column("object_id", String),
    Column("tenant_id", String),
    Column("failure", String),
)

# The record that each pane shows now. A pane is known by the digest of its session.
open_pane = Table(
    "open_pane",
    metadata,
    Column("digest", String, primary_key=True),
    Column("object_id", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("table", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("ix_open_pane_record", "environment", "table", "row_id"),
)
