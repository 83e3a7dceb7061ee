"""The pane, at the wire and in a browser."""
