"""Client of Microsoft Graph."""
