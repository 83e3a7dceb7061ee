"""Suggest people to talk to about a record."""
