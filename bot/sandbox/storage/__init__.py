"""Rows in memory and the journal file that stores their changes."""
