"""Proposals, their frozen evidence, and every move that was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("node", sa.String(200), nullable=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("proposed", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger()),
        sa.Column("order_by", sa.Date(), nullable=False),
        sa.Column("expected_receipt", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("loss_per_day", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("batch", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(200)),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(60)),
        sa.Column("note", sa.String(1000)),
        sa.Column("snoozed_until", sa.Date()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_state", "proposals", ["state", "owner"])
    op.create_index("ix_proposals_need", "proposals", ["node", "sku"])
    op.create_table(
        "proposal_evidence",
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", name="pk_proposal_evidence"),
        sa.ForeignKeyConstraint(["proposal"], ["proposals.id"], name="fk_proposal_evidence_proposal"),
    )
    op.create_table(
        "proposal_moves",
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("after", sa.String(20), nullable=False),
        sa.Column("quantity_before", sa.BigInteger(), nullable=False),
        sa.Column("quantity_after", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(60)),
        sa.Column("note", sa.String(1000)),
        sa.Column("received", sa.BigInteger()),
        sa.PrimaryKeyConstraint("proposal", "version", name="pk_proposal_moves"),
        sa.ForeignKeyConstraint(["proposal"], ["proposals.id"], name="fk_proposal_moves_proposal"),
    )
    op.create_index("uq_proposal_moves_command", "proposal_moves", ["proposal", "command_id"], unique=True)
    op.create_index("ix_proposal_moves_at", "proposal_moves", ["at"])
    op.create_index("ix_proposal_moves_by", "proposal_moves", ["by"])
