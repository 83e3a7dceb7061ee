"""Show, validate, save, import, and export the settings of administrators."""
