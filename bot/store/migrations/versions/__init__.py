"""Migrations of the store, applied by `bot.store.migrate`."""
