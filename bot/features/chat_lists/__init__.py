"""List the chats of a record or of a person."""
