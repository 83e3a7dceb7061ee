"""Chats that refuse targeted messages, and requests that were answered with one."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

TEXT, INSTANT = sa.String(), sa.BigInteger()


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "targeted_refusal",
        sa.Column("chat_id", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_targeted_refusal"),
    )
    op.create_table(
        "targeted_answer",
        sa.Column("request", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("request", name="pk_targeted_answer"),
    )
