"""Find records by link, number, or words."""
