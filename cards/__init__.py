"""Adaptive Cards, built by pure functions from finished texts."""
