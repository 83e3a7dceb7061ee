"""Table definitions in the format of `EntityDefinitions`."""
