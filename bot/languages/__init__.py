"""Languages of the product: catalogs, the choice of a reader's language, and translators."""
