"""Was it worth it: what people's decisions saved against the system's quantity and against doing nothing?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.decisions.ledger import Sum
from dashboard.services.ledger import KINDS, LedgerAsked, Scored
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.decisions.doubts import doubted
from pages.decisions.worth import lead

SAVED = (
    Column("against_system", "ledger.column.against_system", "cents"),
    Column("against_nothing", "ledger.column.against_nothing", "cents"),
)
SUMS = (
    Column("decisions", "ledger.column.decisions", "count"),
    Column("changed", "ledger.column.changed", "count"),
    *SAVED,
    Column("unpriced", "ledger.column.unpriced", "count"),
)
PEOPLE = (Column("name", "ledger.column.who", width=180), *SUMS)
REASONS = (Column("name", "proposal.column.why", width=180), *SUMS)
ROWS = (
    Column("sku", "column.product", width=170),
    Column("node", "proposal.column.node", width=150),
    *SAVED,
    Column("who", "ledger.column.who", width=100),
    Column("why", "proposal.column.why", width=120),
    Column("system", "ledger.column.system", "units"),
    Column("decided", "ledger.column.decided", "units"),
    Column("demand", "ledger.column.demand", "units"),
    Column("estimated", "ledger.column.estimated", "units"),
    Column("last", "ledger.column.until", "day"),
)


def render(page: Page) -> None:
    with page.row("filters"):
        first, last = page.days("days") or (None, None)
        only = page.option(
            "only", {one: page.t(f"decisions.ledger.only.{one or 'all'}") for one in ("", *KINDS)}, held="only"
        )
    found = page.now(page.services.ledger.ledger, LedgerAsked(first, last, only))
    # Zeros would be read as a score of nothing.
    page.lead_now(lead(page, found) if found.rows else page.t("decisions.ledger.none"))
    if found.idle:
        page.note(page.t("decisions.ledger.idle", count=f"{found.idle:,}"))
    page.note(page.t("decisions.ledger.formula"), page.t("decisions.ledger.formula.about"))
    if found.whole.unpriced:
        page.note(page.t("decisions.ledger.unpriced", count=f"{found.whole.unpriced:,}"))
    if not found.rows:
        doubted(page, found.doubts)
        return
    page.section(page.t("decisions.ledger.people"))
    names = [page.t("decisions.ledger.nobody") if one.key is None else page.person(one.label or one.key)
             for one in found.people]  # fmt: skip
    page.table("people", page.t("decisions.ledger.people"), sums(found.people, names), PEOPLE)
    page.section(page.t("decisions.ledger.reasons"))
    why = [page.t(f"proposal.why.{one.key}") if one.key else page.t("decisions.ledger.as_is") for one in found.reasons]
    page.table("reasons", page.t("decisions.ledger.reasons"), sums(found.reasons, why), REASONS)
    doubted(page, found.doubts)
    page.section(page.t("decisions.ledger.rows"))
    page.table("rows", page.t("decisions.ledger.rows"), pd.DataFrame([row_of(page, one) for one in found.rows]), ROWS)


def sums(found: Sequence[Sum], names: Sequence[str]) -> pd.DataFrame:
    rows = [(name, one.decisions, one.changed, float(one.against_system), float(one.against_nothing), one.unpriced)
            for name, one in zip(names, found, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", *(column.name for column in SUMS)])


def row_of(page: Page, one: Scored) -> dict[str, object]:
    score = one.score
    numbers = {
        name: getattr(score, name) for name in ("system", "decided", "demand", "estimated", *(c.name for c in SAVED))
    }
    return {
        "sku": one.sku_name, "node": one.node_name, "last": score.last,
        "who": page.person(score.by_name or page.t("decisions.ledger.nobody")),
        "why": page.t(f"proposal.why.{score.reason}") if score.reason else "",
        **{name: None if value is None else float(value) for name, value in numbers.items()},
    }  # fmt: skip
