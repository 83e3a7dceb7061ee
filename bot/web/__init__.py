"""HTTP routes of the process."""
