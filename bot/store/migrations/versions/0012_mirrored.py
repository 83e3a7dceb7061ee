"""finds all connections of a chat, and knows which are listed in Dynamics 365's own pane."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Applies the change. Nothing was listed before."""
    op.add_column("connection", sa.Column("mirrored", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_connection_chat", "connection", ["chat_id", "id"], unique=False)
