"""where change tracking goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "change_link",
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("environment", "table", name="pk_change_link"),
    )
