"""When columns began to be watched, and when and in which watch each known value was stored."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns. Values from before count as stored in the first watch of their column."""
    op.add_column("record_type", sa.Column("watches", sa.JSON()))
    op.add_column("field_value", sa.Column("taken_at", sa.BigInteger()))
    op.add_column("field_value", sa.Column("watch", sa.Integer(), nullable=False, server_default="0"))
