"""what Microsoft Graph is asked to tell of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "subscription",
        sa.Column("watch", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("made_for", sa.String(), nullable=False),
        sa.Column("reread", sa.Boolean(), nullable=False),
        sa.Column("hindrance", sa.String(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("watch", name="pk_subscription"),
        sa.UniqueConstraint("chat_id", name="uq_subscription_chat_id"),
        sa.UniqueConstraint("subscription_id", name="uq_subscription_subscription_id"),
    )
    op.create_index("ix_subscription_due_at", "subscription", ["due_at"])
