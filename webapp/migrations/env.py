"""Alembic's environment: runs on the connection that `webapp.schema` hands in."""

from __future__ import annotations

from alembic import context

from webapp.schema import target_metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=target_metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
