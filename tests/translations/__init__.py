"""The messages of the product and their translations: extract, update, compile, and check them."""
