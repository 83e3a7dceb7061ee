"""Sample rows: the customer service of a manufacturer of pumps and solar systems."""
