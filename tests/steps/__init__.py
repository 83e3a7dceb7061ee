"""Steps that several stories share, one module for each feature."""
