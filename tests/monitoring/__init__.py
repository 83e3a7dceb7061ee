"""The dashboard and the alert rules for operators: their definitions, and their generator."""
