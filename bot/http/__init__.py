"""What the back doors share to reach other systems: sessions and tokens."""
