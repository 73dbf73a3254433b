"""The tables of saved views: an address under a name, and the roles that it is shared with."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint

from data.store.entities import metadata
from data.store.types import UtcTime

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("page", String(60), nullable=False),
    # Only what was asked, never what was answered: whoever opens it sees their own rows.
    Column("query", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("owner_id", "name"),
)

saved_view_roles = Table(
    "saved_view_roles",
    metadata,
    Column("view_id", ForeignKey("saved_views.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(40), primary_key=True, index=True),
)
