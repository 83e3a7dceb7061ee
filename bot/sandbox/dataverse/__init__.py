"""Emulate the Dataverse Web API, with security, metadata, and webhooks."""
