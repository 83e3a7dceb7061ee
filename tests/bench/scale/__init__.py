"""Measurements of large installations: query plans, pruning, bloat, workers, and costs."""
