"""Connect a chat or a channel to a record, and disconnect it."""
