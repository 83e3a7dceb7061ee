"""Subscribe to change notifications from Microsoft Graph."""
