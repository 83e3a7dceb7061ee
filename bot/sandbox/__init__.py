"""The development sandbox: Dataverse, Microsoft Graph, and Teams in their real wire formats, with web pages."""
