"""Runs migrations on the connection that `kb.store.database` hands over."""

from alembic import context

from kb.store.tables.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
