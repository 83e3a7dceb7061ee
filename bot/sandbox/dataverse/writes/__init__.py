"""Changes of rows: what a body may hold, what follows from it, and who may make it."""
