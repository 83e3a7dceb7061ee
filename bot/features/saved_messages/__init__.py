"""Save a chat message to a record."""
