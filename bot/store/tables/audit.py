"""The table of the audit log."""

from sqlalchemy import JSON, Column, String, Table

from bot.store.tables.types import Instant, RowNumber, metadata

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
