"""Who saw what: a table that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("user_name", sa.String(200), nullable=False),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("build_id", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_user_id", "disclosure", ["user_id", "checksum"])
    op.create_index("ix_disclosure_at", "disclosure", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER disclosure_no_{deed.lower()} BEFORE {deed} ON disclosure "
            "BEGIN SELECT RAISE(ABORT, 'disclosure is append-only'); END"
        )
    # INSERT OR REPLACE deletes without asking the trigger for deletions.
    op.execute(
        "CREATE TRIGGER disclosure_no_replace BEFORE INSERT ON disclosure "
        "WHEN EXISTS (SELECT 1 FROM disclosure WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'disclosure is append-only'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION disclosure_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'disclosure is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER disclosure_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON disclosure "
        "FOR EACH STATEMENT EXECUTE FUNCTION disclosure_refuse()"
    )
