"""The script that Alembic runs for migrations. `bot.store.migrate` passes the connection."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
