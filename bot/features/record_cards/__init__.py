"""Show a record as a card, and change the record from the card."""
