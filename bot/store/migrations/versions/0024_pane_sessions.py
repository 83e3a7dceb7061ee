"""Sessions of people in the pane."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

TEXT, INSTANT = sa.String(), sa.BigInteger()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "pane_session",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pane_session"),
    )
