"""Runs schema changes on the connection that the caller opened."""

from __future__ import annotations

from alembic import context

from data.store.proposal_tables import proposals

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=proposals.metadata,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
