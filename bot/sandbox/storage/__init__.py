"""Rows in memory and the journal that keeps their changes in a file."""
