"""What a person may do, computed from roles, ownership, shares and column security profiles."""
