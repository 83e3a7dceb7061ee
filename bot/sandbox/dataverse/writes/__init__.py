"""Writing of rows: request bodies, validation, derived values, and access checks."""
