"""what keeps rows of table chat as their chats are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applies the change. Nothing was kept in table chat_activity before."""
    op.add_column("chat", sa.Column("topic_told_at", sa.BigInteger(), nullable=True))
    op.add_column("chat", sa.Column("looked_at", sa.BigInteger(), nullable=True))
    op.drop_table("chat_activity")
    op.create_table(
        "chat_activity",
        sa.Column("connection_id", ROW_NUMBER, nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("maker_id", sa.String(), nullable=False),
        sa.Column("active_at", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=True),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("closing", sa.String(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_chat_activity_connection_id_connection"),
        sa.PrimaryKeyConstraint("connection_id", name="pk_chat_activity"),
    )
    op.create_table(
        "sync_job",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("look", sa.Boolean(), nullable=False),
        sa.Column("correlation_id", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["lane"], ["chat.id"], name="fk_sync_job_lane_chat"),
        sa.PrimaryKeyConstraint("id", name="pk_sync_job"),
        sa.UniqueConstraint("lane", name="uq_sync_job_lane"),
    )
