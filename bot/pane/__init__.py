"""Entry point for pages beside records: the pane, its session, and its views as JSON (spec section 13)."""
