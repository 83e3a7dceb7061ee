"""Access rights from roles, ownership, shares, and column security profiles."""
