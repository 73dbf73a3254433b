"""The audit trail, which can only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FOLLOWS = """
    NEW.number = coalesce((SELECT max(number) FROM audit_event), 0) + 1
    AND NEW.previous = coalesce((SELECT hash FROM audit_event ORDER BY number DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
"""
"""Also what keeps SQLite's INSERT OR REPLACE out, which deletes without the trigger for deletions."""


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("user_name", sa.String(200), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject_kind", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.String(200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_event"),
        sa.UniqueConstraint("previous", name="uq_audit_event_previous"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{deed.lower()} BEFORE {deed} ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event WHEN ({_FOLLOWS}) IS NOT TRUE "
        "BEGIN SELECT RAISE(ABORT, 'audit_event does not follow the last one'); END"
    )


def _guard_postgresql() -> None:
    # A class of error that tells the caller "your mistake" from "the database is in trouble".
    code = "USING ERRCODE = 'integrity_constraint_violation'"
    op.execute(
        "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'audit_event is append-only' {code}; END $$"
    )
    op.execute(
        "CREATE FUNCTION audit_event_follow() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF ({_FOLLOWS}) IS NOT TRUE THEN "
        f"RAISE EXCEPTION 'audit_event does not follow the last one' {code}; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_event_follow()"
    )
