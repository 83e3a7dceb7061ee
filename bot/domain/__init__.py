"""Business rules: pure, and only the standard library."""
