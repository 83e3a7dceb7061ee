"""Dataverse's webhook: which steps a change sets off, what they send, and the sending."""
