"""Front door: everything else that comes by HTTP."""
