"""What decisions were worth, in one sentence."""

from __future__ import annotations

from analytics.metrics.metric import Unit
from dashboard.services.ledger import LedgerView
from dashboard.ui.page import Page


def lead(page: Page, found: LedgerView) -> str:
    """What people decided, apart from what time did."""
    mine = [one for one in found.people if one.key is not None]
    idle = sum(one.decisions for one in found.people) - sum(one.decisions for one in mine)
    said = page.t(
        "decisions.ledger.lead", decisions=f"{sum(one.decisions for one in mine):,}",
        changed=f"{sum(one.changed for one in mine):,}",
        system=page.fmt.full(sum(one.against_system for one in mine), Unit.MONEY),
        nothing=page.fmt.full(sum(one.against_nothing for one in mine), Unit.MONEY),
    )  # fmt: skip
    return said + (page.t("decisions.ledger.idle", count=f"{idle:,}") if idle else "")
