"""Rules that decide when a chat is notified, and the decisions themselves (spec section 14). Pure."""
