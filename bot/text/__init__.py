"""Conversion of texts: HTML to plain text, and JSON from and to other systems."""
