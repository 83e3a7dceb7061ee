"""Show the pane beside a record, and do what people choose there (spec section 13)."""
