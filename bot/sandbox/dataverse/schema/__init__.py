"""Definitions of the sandbox's tables and columns, with Dataverse's own names."""
