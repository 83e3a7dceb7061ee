"""Pages on which administrators change settings."""
