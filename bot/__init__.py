"""Chat Sync: Teams group chats tied to Dynamics 365 records."""
