"""What Alembic runs for every migration: the connection comes from `bot.store.migrate`."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
