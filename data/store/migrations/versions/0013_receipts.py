"""What came of released proposals, which deliveries say so, and what each decision was worth."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("proposals", sa.Column("received", sa.BigInteger()))
    op.add_column("proposals", sa.Column("received_on", sa.Date()))
    op.create_table(
        "proposal_receipts",
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("line", sa.String(200), nullable=False),
        sa.Column("ordered", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", "document", "line", name="pk_proposal_receipts"),
        sa.ForeignKeyConstraint(["proposal"], ["proposals.id"], name="fk_proposal_receipts_proposal"),
    )
    op.create_table(
        "decision_scores",
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.BigInteger()),
        sa.Column("demand", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.BigInteger(), nullable=False),
        sa.Column("cost_decided", sa.BigInteger()),
        sa.Column("cost_system", sa.BigInteger()),
        sa.Column("cost_nothing", sa.BigInteger()),
        sa.Column("by", sa.String(200)),
        sa.Column("by_name", sa.String(200)),
        sa.Column("reason", sa.String(60)),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("build", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("proposal", name="pk_decision_scores"),
        sa.ForeignKeyConstraint(["proposal"], ["proposals.id"], name="fk_decision_scores_proposal"),
    )
    op.create_index("ix_decision_scores_last", "decision_scores", ["last"])
