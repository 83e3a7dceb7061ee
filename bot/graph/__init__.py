"""Back door: Microsoft Graph."""
