"""The rules of the product: pure, standard library only."""
