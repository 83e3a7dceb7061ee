"""Keep the timeline rows of connected chats up to date in Dataverse."""
