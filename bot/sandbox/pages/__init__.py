"""Pages on which a person looks at the sample rows and edits them."""
