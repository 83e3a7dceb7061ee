"""Indexes for large tables, so that no periodic search reads a whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

PARTIAL = (
    ("ix_chat_team", "chat", ("team_id",), "team_id IS NOT NULL"),
    ("ix_connection_ended", "connection", ("ended_at", "id"), "ended_at IS NOT NULL"),
    ("ix_lane_idle", "lane", ("queue", "name"), "due_at IS NULL"),
    ("ix_sync_job_failed", "sync_job", ("lane",), "reason IS NOT NULL"),
    ("ix_posted_card_summary", "posted_card", ("changed_at",), "kind = 'summary'"),
    ("ix_posted_card_ended", "posted_card", ("ended_at",), "ended_at IS NOT NULL"),
)


def upgrade() -> None:
    """Create the indexes."""
    for name, table, columns, condition in PARTIAL:
        some = sa.text(condition)
        op.create_index(name, table, list(columns), sqlite_where=some, postgresql_where=some)
    op.create_index("ix_chat_looked", "chat", ["looked_at", "id"])
    op.create_index("ix_outbox_chat", "outbox", ["lane", "id"])
