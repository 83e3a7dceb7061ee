"""Sign-in windows of the pane, and the checks of accounts behind sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

TEXT, INSTANT = sa.String(), sa.BigInteger()


def upgrade() -> None:
    """Create the table, and add the times of the checks."""
    # Earlier sessions were never checked; they end on their own.
    op.add_column("pane_session", sa.Column("checked_at", INSTANT, nullable=True))
    op.add_column("pane_session", sa.Column("check_due_at", INSTANT, nullable=True))
    op.create_table(
        "pane_sign_in",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("returned_at", INSTANT, nullable=True),
        sa.Column("object_id", TEXT, nullable=True),
        sa.Column("tenant_id", TEXT, nullable=True),
        sa.Column("failure", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_pane_sign_in"),
    )
