"""The sandbox's Teams: chats with their members and messages, and the Bot Connector that the bot posts to."""
