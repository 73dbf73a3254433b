"""The tables of proposals: what filters and decisions need, the frozen evidence apart, and what happened to each."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from data.store.entities import metadata
from data.store.types import Codes, Exact, UtcTime

UNITS, MONEY = Exact(3), Exact(4)

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("node", String(200), nullable=False),
    Column("sku", String(200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("proposed", UNITS, nullable=False),
    Column("quantity", UNITS, nullable=False),
    Column("unit_cost", MONEY),
    Column("order_by", Date, nullable=False),
    Column("expected_receipt", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("loss_per_day", MONEY, nullable=False),
    Column("reasons", Codes, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("batch", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    # No foreign keys: a decision outlives the account.
    Column("author", String(200)),
    Column("approved_by", Codes, nullable=False),
    Column("reason", String(60)),
    Column("note", String(1000)),
    Column("snoozed_until", Date),
    Column("decided_at", UtcTime),
    # What came of it so far, null while nothing did; and when the last of it came.
    Column("received", UNITS),
    Column("received_on", Date),
    # Yuan at stake, null where the cost is unknown: kept beside its factors, for people filter by it.
    Column("amount", Exact(2)),
    # Whether a person ever did something to it; a newer plan leaves it alone then.
    Column("touched", Boolean, nullable=False),
    Index("ix_proposals_state", "state", "owner"),
    Index("ix_proposals_need", "node", "sku"),
)

# Written with its proposal and replaced only with it, by a newer run of a plan that nobody looked at yet.
proposal_evidence = Table(
    "proposal_evidence",
    metadata,
    Column("proposal", ForeignKey("proposals.id"), primary_key=True),
    Column("evidence", JSON, nullable=False),
)

# One row per version that a move made: the history that people read, and the commands that were carried out.
proposal_moves = Table(
    "proposal_moves",
    metadata,
    Column("proposal", ForeignKey("proposals.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("move", String(20), nullable=False),
    Column("before", String(20), nullable=False),
    Column("after", String(20), nullable=False),
    Column("quantity_before", UNITS, nullable=False),
    Column("quantity_after", UNITS, nullable=False),
    Column("by", String(200), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("command_id", String(64), nullable=False),
    Column("reason", String(60)),
    Column("note", String(1000)),
    Column("received", UNITS),
    Index("uq_proposal_moves_command", "proposal", "command_id", unique=True),
    Index("ix_proposal_moves_at", "at"),
    Index("ix_proposal_moves_by", "by"),
)

# Deliveries in the data that answer a released line: a delivery answers one line, once and for all.
proposal_receipts = Table(
    "proposal_receipts",
    metadata,
    Column("proposal", ForeignKey("proposals.id"), primary_key=True),
    Column("document", String(200), primary_key=True),
    Column("line", String(200), primary_key=True),
    Column("ordered", Date, nullable=False),
    Column("quantity", UNITS, nullable=False),
    Column("received", UNITS, nullable=False),
    Column("received_on", Date),
    Column("closed", Boolean, nullable=False),
)

# What a decision was worth, reckoned once when the demand was known that it was meant for.
decision_scores = Table(
    "decision_scores",
    metadata,
    Column("proposal", ForeignKey("proposals.id"), primary_key=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("decided", UNITS, nullable=False),
    Column("system", UNITS),
    Column("demand", UNITS, nullable=False),
    Column("estimated", UNITS, nullable=False),
    # Yuan, null where a price is unknown.
    Column("cost_decided", Exact(2)),
    Column("cost_system", Exact(2)),
    Column("cost_nothing", Exact(2)),
    Column("by", String(200)),
    Column("by_name", String(200)),
    Column("reason", String(60)),
    Column("scored_at", UtcTime, nullable=False),
    Column("build", String(64), nullable=False),
    Index("ix_decision_scores_last", "last"),
)
