"""Composition root: build services, features, and workers from the settings."""
