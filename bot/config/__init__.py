"""Settings of the process: their types, the checks between them, and loading them."""
