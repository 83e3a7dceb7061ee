"""OData as Dataverse implements it: query parsing and JSON responses."""
