"""The pages on which administrators set what the product does."""
