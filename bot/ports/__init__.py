"""Ports to the three outside systems: Dataverse, Microsoft Graph, and Teams."""
