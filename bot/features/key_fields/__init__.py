"""Notify connected chats when a record changes."""
