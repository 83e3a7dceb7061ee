"""Outgoing HTTP, shared by the clients of other systems: sessions, tokens, and requests."""
