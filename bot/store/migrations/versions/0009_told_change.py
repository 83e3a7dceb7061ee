"""values of key fields that are told to each reader by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies the change. Cards go on telling everybody, until an administrator says otherwise."""
    op.add_column("record_type", sa.Column("tell_each", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "told_change",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("news", sa.JSON(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_change"),
        sa.UniqueConstraint("key", name="uq_told_change_key"),
    )
