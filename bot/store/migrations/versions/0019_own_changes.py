"""Changes that people made on the cards of chats."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TEXT, INSTANT = sa.String(), sa.BigInteger()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "own_change",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("chat_id", TEXT, nullable=False),
        sa.Column("environment", TEXT, nullable=False),
        sa.Column("table", TEXT, nullable=False),
        sa.Column("row_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("modified_at", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_own_change"),
    )
    op.create_index("ix_own_change_record", "own_change", ["environment", "table", "row_id"])
