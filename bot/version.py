"""The version of Chat Sync. `docs/operators.md` says what its three numbers promise."""

VERSION = "1.0.0"
