"""What came of released proposals, and which deliveries say so."""

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
