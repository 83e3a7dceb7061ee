"""Defaults of notification rules by record type, and the rules that chats cannot change."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

TEXT, JSON = sa.String(), sa.JSON()


def upgrade() -> None:
    """Add the columns with defaults, because a process of the previous version may still add record types."""
    for name, kind, default in (
        ("notify_style", TEXT, "each"),
        ("digest_at", TEXT, "08:00"),
        ("value_rule", JSON, "[]"),
        ("urgent_rule", JSON, "[]"),
        ("locked_rules", JSON, "[]"),
    ):
        op.add_column("record_type", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("record_type", sa.Column("mention_owner", sa.Boolean(), nullable=False, server_default=sa.false()))
