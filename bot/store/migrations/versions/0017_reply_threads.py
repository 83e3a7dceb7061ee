"""The thread of a channel that a message answers in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column. Messages of the previous version are posted to the channel itself."""
    op.add_column("outbox", sa.Column("thread", sa.String()))
