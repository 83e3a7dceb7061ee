"""Tables about private answers in chats with others (spec V13)."""

from sqlalchemy import Column, String, Table

from bot.store.tables.types import Instant, metadata

# Chats that refused a targeted message.
targeted_refusal = Table(
    "targeted_refusal",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("at", Instant, nullable=False),
)

# Requests that were answered with a targeted message.
targeted_answer = Table(
    "targeted_answer",
    metadata,
    # A digest of the person, the chat, and the words.
    Column("request", String, primary_key=True),
    Column("at", Instant, nullable=False),
)
