"""keeps who is in a chat only with the rows that show the chat: nobody read it anywhere else."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Applies the change."""
    op.drop_table("chat_member")
