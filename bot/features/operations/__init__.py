"""Report the status of chats, queues, and dependencies."""
