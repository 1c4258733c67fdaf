"""Runs migrations on the connection that `kb.store.database` hands over."""

from alembic import context

from kb.store import (  # noqa: F401  (their tables belong to the metadata)
    account_tables,
    description_tables,
    job_tables,
    joining_tables,
    letter_tables,
    likeness_tables,
    people_tables,
    request_tables,
    review_tables,
    tagging_tables,
)
from kb.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
