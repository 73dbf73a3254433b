"""Runs schema changes on the connection that the caller opened."""

from __future__ import annotations

from alembic import context

from data.store.proposal_tables import proposals
from data.store.saved_view_tables import saved_views

TABLES = (proposals, saved_views)
"""Named here, so that all tables are known to the comparison with what the migrations made."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES[0].metadata,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
