"""what keeps the pace of messages, and what a message that never arrived has to undo."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies the change."""
    op.add_column("outbox", sa.Column("told_before", sa.JSON(), nullable=True))
    op.create_table(
        "post",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
    )
    op.create_index("ix_post_chat_id_at", "post", ["chat_id", "at"])
    op.create_table(
        "tenant_budget",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_budget"),
    )
