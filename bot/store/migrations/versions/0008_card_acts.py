"""what people can do on cards, as far as administrators let them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Applies the change. People can take cases over from now on; everything else stays off."""
    op.add_column("record_type", sa.Column("card_acts", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("record_type", sa.Column("change_fields", sa.JSON(), nullable=False, server_default="[]"))
    cases = sa.table("record_type", sa.column("table", sa.String()), sa.column("card_acts", sa.JSON()))
    op.execute(cases.update().where(cases.c.table == "incident").values(card_acts=["assign"]))
