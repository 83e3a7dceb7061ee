"""A small Dataverse that speaks the real wire format, with sample rows and pages to look at and edit them."""
