"""Jobs that outlive the page that asked for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_name", sa.String(200), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("follows", sa.String(32)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(200), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger()),
        sa.Column("heartbeat_at", _TIME),
        sa.Column("cancel_asked_at", _TIME),
        sa.Column("cancel_asked_by", sa.String(200)),
        sa.Column("pid", sa.Integer()),
        sa.Column("host", sa.String(200)),
        sa.Column("started_at", _TIME),
        sa.Column("finished_at", _TIME),
        sa.Column("outcome", sa.JSON()),
        sa.Column("log", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["follows"], ["jobs.id"], name="fk_jobs_follows"),
    )
    for column in ("asked_at", "follows", "state"):
        op.create_index(f"ix_jobs_{column}", "jobs", [column])
