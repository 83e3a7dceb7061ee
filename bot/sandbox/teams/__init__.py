"""A small Teams: who is in which chat, what was posted there, and the connector through which the bot reaches it."""
