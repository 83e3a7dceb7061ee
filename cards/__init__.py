"""Adaptive Cards: pure. What comes in is finished words, what goes out is a card."""
