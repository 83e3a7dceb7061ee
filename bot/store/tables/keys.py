"""The table of signing keys."""

from sqlalchemy import Column, Integer, String, Table

from bot.store.tables.types import metadata

signing_key = Table(
    "signing_key",
    metadata,
    # Weeks since 1970. All processes agree on it, so each week has one key.
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
)
