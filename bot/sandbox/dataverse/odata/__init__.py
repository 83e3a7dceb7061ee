"""OData as Dataverse speaks it: queries in, JSON out."""
