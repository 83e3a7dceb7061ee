"""Records that are open in panes, and settings of the pane."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

TEXT, INSTANT = sa.String(), sa.BigInteger()


def upgrade() -> None:
    """Create the table, and add the settings with their defaults."""
    op.create_table(
        "open_pane",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("environment", TEXT, nullable=False),
        sa.Column("table", TEXT, nullable=False),
        sa.Column("row_id", TEXT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_open_pane"),
    )
    op.create_index("ix_open_pane_record", "open_pane", ["environment", "table", "row_id"])
    op.add_column("environment", sa.Column("other_chats", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("environment", sa.Column("pane_apps", sa.JSON()))
