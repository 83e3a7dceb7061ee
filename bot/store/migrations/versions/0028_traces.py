"""The trace that stored work continues."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the columns. Work of the previous version begins a trace of its own."""
    for queue in ("inbox", "outbox", "sync_job"):
        op.add_column(queue, sa.Column("trace", sa.String()))
