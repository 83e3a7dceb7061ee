"""finds the connections that a record has had."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Applies the change."""
    op.create_index("ix_connection_history", "connection", ["environment", "table", "row_id", "id"], unique=False)
