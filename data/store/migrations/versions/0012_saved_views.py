"""Saved views, and the roles that they are shared with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_saved_views_owner_id", ondelete="CASCADE"),
        sa.UniqueConstraint("owner_id", "name", name="uq_saved_views_owner_id"),
    )
    op.create_table(
        "saved_view_roles",
        sa.Column("view_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("view_id", "role", name="pk_saved_view_roles"),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_views.id"], name="fk_saved_view_roles_view_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_saved_view_roles_role", "saved_view_roles", ["role"])
