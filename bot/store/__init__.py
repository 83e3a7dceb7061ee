"""The store: all persistent data, on SQLite or PostgreSQL through SQLAlchemy Core."""
