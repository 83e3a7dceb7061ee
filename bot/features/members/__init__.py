"""Join a chat, and add or remove its members."""
