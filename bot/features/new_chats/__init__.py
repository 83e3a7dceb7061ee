"""Create a chat, with or without a record."""
