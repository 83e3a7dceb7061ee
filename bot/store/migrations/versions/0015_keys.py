"""Random IDs of connections for buttons, signing keys, and the organization ID of each environment."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TEXT, INSTANT = sa.String(), sa.BigInteger()

_RANDOM_ID = {
    "postgresql": "replace(gen_random_uuid()::text, '-', '')",
    "sqlite": "lower(hex(randomblob(16)))",
}
"""A random ID as SQL, by dialect."""


def upgrade() -> None:
    """Give each connection a random ID, and create the rest."""
    _add_public_ids()
    op.create_table(
        "signing_key",
        sa.Column("week", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_signing_key"),
    )
    op.add_column("environment", sa.Column("organization_id", TEXT))


def _add_public_ids() -> None:
    """Add the column with a default, because a process of the previous version may still add connections.

    SQLite accepts only a constant default. It has only one process, which is of this version.
    """
    dialect = op.get_bind().dialect.name
    default = sa.text(_RANDOM_ID[dialect]) if dialect == "postgresql" else ""
    op.add_column("connection", sa.Column("public_id", TEXT, nullable=False, server_default=default))
    connections = sa.table("connection", sa.column("public_id"))
    op.execute(sa.update(connections).values(public_id=sa.literal_column(_RANDOM_ID[dialect])))
    op.create_index("uq_connection_public_id", "connection", ["public_id"], unique=True)
