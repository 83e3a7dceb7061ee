"""what became of connections and messages lately."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Applies the change."""
    op.add_column("outbox", sa.Column("caused_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_inbox_lane_received_at", "inbox", ["lane", "received_at"])
    op.create_index("ix_outbox_connection_id_id", "outbox", ["connection_id", "id"])
    parked = sa.text("state = 'parked'")
    op.create_index("ix_outbox_parked", "outbox", ["id"], sqlite_where=parked, postgresql_where=parked)
