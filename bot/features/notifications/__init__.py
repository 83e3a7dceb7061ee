"""Let people decide what disturbs them (spec section 14)."""
