"""Front door 3: commands of an operator at a terminal."""
