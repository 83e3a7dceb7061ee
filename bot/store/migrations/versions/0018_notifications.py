"""Notification rules of chats and connections, and the history of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TEXT, INSTANT, JSON = sa.String(), sa.BigInteger(), sa.JSON()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_rules("chat_rules", "chat_id", TEXT, "chat")
    _create_rules("connection_rules", "connection_id", NUMBER, "connection")
    op.create_table(
        "decision",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("connection_id", NUMBER, nullable=False),
        sa.Column("chat_id", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("closed_as", TEXT),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_decision_connection_id_connection"),
    )
    op.create_index("ix_decision_connection", "decision", ["connection_id", "id"])
    op.create_index("ix_decision_chat", "decision", ["chat_id", "at"])
    is_open = sa.text("outcome = 'held' AND closed_as IS NULL")
    for name, columns in (("ix_decision_open", ["chat_id", "due_at"]), ("ix_decision_due", ["due_at"])):
        op.create_index(name, "decision", columns, sqlite_where=is_open, postgresql_where=is_open)


def _create_rules(table: str, key: str, kind: sa.types.TypeEngine[str] | sa.types.TypeEngine[int], of: str) -> None:
    op.create_table(
        table,
        sa.Column(key, kind, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=f"fk_{table}_{key}_{of}"),
    )
