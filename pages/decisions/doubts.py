"""Master data that people overrule again and again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.services.ledger import Doubted
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

DOUBTS = (
    Column("who", "ledger.column.for", width=110),
    Column("task", "ledger.column.task", width=190),
    Column("what", "ledger.column.what", width=290),
    Column("why", "proposal.column.why", width=150),
    Column("times", "ledger.column.times", "count"),
    Column("promised", "ledger.column.promised", "units"),
    Column("taken", "ledger.column.taken", "units"),
    Column("people", "ledger.column.people", width=140),
    Column("last", "ledger.column.last", width=130),
)


def doubted(page: Page, found: Sequence[Doubted]) -> None:
    """What should be looked at, and by whom."""
    if not found:
        return
    title = page.t("decisions.ledger.doubts")
    page.section(title, page.t("decisions.ledger.doubts.about"))
    page.table("doubts", title, pd.DataFrame([row_of(page, one) for one in found]), DOUBTS)


def row_of(page: Page, one: Doubted) -> dict[str, object]:
    told = one.doubt
    return {
        "who": page.t(f"decisions.ledger.doubt.{told.kind}.who"),
        "task": page.t(f"decisions.ledger.doubt.{told.kind}"),
        "what": " → ".join(one.names),
        "why": page.t(f"proposal.why.{told.reason}"),
        "times": told.times,
        "promised": one.promised,
        "taken": one.taken,
        "people": page.fmt.listed(list(told.people)),
        "last": page.moment(told.last),
    }
