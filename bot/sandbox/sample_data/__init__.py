"""Sample rows: the service desk of a maker of pumps and solar systems."""
