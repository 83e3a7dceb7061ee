"""Default notification rules of record types, and the ones that chats cannot change."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column. Record types without a value have the initial defaults, and lock nothing."""
    op.add_column("record_type", sa.Column("notifications", sa.JSON()))
