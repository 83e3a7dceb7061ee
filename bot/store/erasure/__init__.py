"""Erasing the data of a person or a tenant on request (spec O6)."""
