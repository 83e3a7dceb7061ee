"""The language of chats, in the JSON of their rules."""

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Change nothing: rules without a language use the base language of the environment."""
