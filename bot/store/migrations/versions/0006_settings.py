"""what administrators set, and who set it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Applies the change. What was there keeps what held for it so far."""
    op.add_column("environment", sa.Column("allowed_roles", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("environment", sa.Column("sync_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("environment", sa.Column("sync_changed_at", sa.BigInteger(), nullable=True))
    op.add_column("environment", sa.Column("sync_idle_days", sa.Integer(), nullable=False, server_default="7"))
    op.add_column("environment", sa.Column("mirror_chats", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("environment", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    secured: sa.Column[bool] = sa.Column("leave_out_secured", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("record_type", secured)
    op.add_column("record_type", sa.Column("disclosure", sa.String(), nullable=False, server_default="name"))
    op.create_table(
        "setting_change",
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["environment"], ["environment.id"], name="fk_setting_change_environment_environment"),
        sa.PrimaryKeyConstraint("environment", "version", name="pk_setting_change"),
    )
