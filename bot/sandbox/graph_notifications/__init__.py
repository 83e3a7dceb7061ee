"""Graph's change notifications: who asked for them, and sending them."""
