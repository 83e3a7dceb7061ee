"""Features: everything that a person or a system can do, one folder each."""
