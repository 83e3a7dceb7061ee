"""Dataverse's webhooks: the steps that an event triggers, their payloads, and the delivery."""
