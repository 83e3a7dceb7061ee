"""Definitions of the sandbox's tables and columns, in Dataverse's own names."""
