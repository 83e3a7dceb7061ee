"""Front door: turns of the Bot Framework."""
