"""Cards that are edited: live cards and summary cards."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

TEXT, INSTANT, JSON = sa.String(), sa.BigInteger(), sa.JSON()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, and let messages of the outbox name a card."""
    op.create_table(
        "posted_card",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("chat_id", TEXT, nullable=False),
        sa.Column("connection_id", NUMBER),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("activity_id", TEXT),
        sa.Column("content", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told_before", JSON),
        sa.Column("due_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("posted_at", INSTANT),
        sa.Column("edited_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_posted_card"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name="fk_posted_card_chat_id_chat"),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_posted_card_connection_id_connection"),
    )
    for kind, column in (("live", "connection_id"), ("summary", "chat_id")):
        current = sa.text(f"kind = '{kind}' AND ended_at IS NULL")
        name = f"uq_posted_card_{kind}"
        op.create_index(name, "posted_card", [column], unique=True, sqlite_where=current, postgresql_where=current)
    op.create_index("ix_posted_card_connection", "posted_card", ["connection_id"])
    op.add_column("outbox", sa.Column("card_id", NUMBER))
    op.add_column("outbox", sa.Column("card_version", sa.Integer()))
