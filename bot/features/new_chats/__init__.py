"""Create a chat about a record."""
