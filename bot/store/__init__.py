"""Back door: everything that is kept, on SQLite or PostgreSQL through SQLAlchemy Core."""
