"""Changes of policies: asked once, decided once, never edited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

_ASKED = ("id", "policy", "key", "value", "valid_from", "note", "proposed_by", "proposed_name", "proposed_at",
          "command_id")  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200)),
        sa.Column("value", sa.String(200)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("proposed_name", sa.String(200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_name", sa.String(200)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.String(1000)),
        sa.Column("decision_command_id", sa.String(64)),
        sa.Column("since", sa.Date()),
        sa.Column("rank", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_policy_changes"),
        sa.UniqueConstraint("command_id", name="uq_policy_changes_command_id"),
        sa.UniqueConstraint("decision_command_id", name="uq_policy_changes_decision_command_id"),
        sa.UniqueConstraint("rank", name="uq_policy_changes_rank"),
    )
    op.create_index("ix_policy_changes_about", "policy_changes", ["policy", "key"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _edited(differs: str) -> str:
    """Whether an update touches a decided change, or what was asked."""
    asked = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in _ASKED)
    return f"OLD.state <> 'proposed' OR {asked}"


def _guard_sqlite() -> None:
    op.execute(
        "CREATE TRIGGER policy_changes_no_delete BEFORE DELETE ON policy_changes "
        "BEGIN SELECT RAISE(ABORT, 'policy_changes keeps every change'); END"
    )
    op.execute(
        f"CREATE TRIGGER policy_changes_no_edit BEFORE UPDATE ON policy_changes WHEN {_edited('IS NOT')} "
        "BEGIN SELECT RAISE(ABORT, 'policy_changes is decided once and never edited'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION policy_changes_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'policy_changes is decided once and never edited' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER policy_changes_no_delete BEFORE DELETE OR TRUNCATE ON policy_changes "
        "FOR EACH STATEMENT EXECUTE FUNCTION policy_changes_refuse()"
    )
    op.execute(
        "CREATE TRIGGER policy_changes_no_edit BEFORE UPDATE ON policy_changes FOR EACH ROW "
        f"WHEN ({_edited('IS DISTINCT FROM')}) EXECUTE FUNCTION policy_changes_refuse()"
    )
