"""Proposals as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.services.approval_views import Line
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

UNITS = (
    # What and how much first: a phone shows little more.
    Column("sku", "column.product", width=175),
    Column("quantity", "proposal.column.quantity", "units"),
    Column("node", "proposal.column.node", width=150),
    Column("proposed", "proposal.column.proposed", "units"),
    Column("order_by", "proposal.column.order_by", "day"),
    Column("receipt", "proposal.column.receipt", "day"),
    Column("source", "proposal.column.source", width=130),
    Column("kind", "proposal.column.kind", width=70),
    Column("reasons", "proposal.column.reasons", width=200),
    Column("state", "proposal.column.state", width=90),
)
MONEY = (
    Column("amount", "proposal.column.amount", "money"),
    Column("loss", "proposal.column.loss", "cents"),
)


def columns(*, sees_cost: bool) -> tuple[Column, ...]:
    return (*UNITS[:3], *(MONEY if sees_cost else ()), *UNITS[3:])


def frame_of(page: Page, lines: Sequence[Line]) -> pd.DataFrame:
    """One row per line, with its id and version."""
    return pd.DataFrame([row_of(page, line) for line in lines])


def row_of(page: Page, line: Line) -> dict[str, Any]:
    kept = line.proposal
    reasons = [page.word(f"proposal.reason.{reason}", reason) for reason in kept.reasons]
    if line.sampled:
        reasons.insert(0, page.t("decisions.inbox.sampled"))
    if line.own:
        reasons.insert(0, page.t("decisions.inbox.own"))
    return {
        "id": kept.id,
        "version": kept.version,
        "sku": line.sku_name,
        "node": line.node_name,
        "quantity": float(kept.quantity),
        "proposed": float(kept.proposed),
        "amount": None if kept.amount is None else float(kept.amount),
        "loss": None if kept.known_loss is None else float(kept.known_loss),
        "order_by": kept.order_by,
        "receipt": kept.expected_receipt,
        "source": line.source_name,
        "kind": page.t(f"proposal.kind.{kept.kind}"),
        "reasons": page.fmt.listed(reasons),
        "state": page.t(f"proposal.state.{line.state}"),
    }
