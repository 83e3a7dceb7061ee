"""The Teams app manifest: what an administrator uploads."""
