"""What several stories do or read, one module for each feature."""
