"""Grants that hold for a time, and administrators who look at the app as somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("user_grants", sa.Column("valid_from", sa.Date()))
    op.add_column("user_grants", sa.Column("valid_to", sa.Date()))
    op.create_table(
        "viewings",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("viewed_id", sa.String(32), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_viewings"),
        sa.ForeignKeyConstraint(
            ["token_digest"], ["sessions.token_digest"], name="fk_viewings_token_digest", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["viewed_id"], ["users.id"], name="fk_viewings_viewed_id", ondelete="CASCADE"),
    )
    op.create_index("ix_viewings_viewed_id", "viewings", ["viewed_id"])
