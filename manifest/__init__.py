"""Teams app manifest and package, which an administrator uploads."""
