"""Definitions of tables as `EntityDefinitions` gives them."""
