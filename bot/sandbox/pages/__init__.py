"""Web pages to view and edit the sample rows."""
