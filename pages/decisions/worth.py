"""What decisions were worth, in one sentence."""

from __future__ import annotations

from decimal import Decimal

from analytics.metrics.metric import Unit
from dashboard.services.ledger import LedgerView
from dashboard.ui.page import Page


def lead(page: Page, found: LedgerView) -> str:
    """What people decided, apart from what time did."""
    mine = [one for one in found.people if one.key is not None]
    return page.t(
        "decisions.ledger.lead", decisions=f"{sum(one.decisions for one in mine):,}",
        changed=f"{sum(one.changed for one in mine):,}",
        system=gain(page, sum((one.against_system for one in mine), Decimal(0))),
        nothing=gain(page, sum((one.against_nothing for one in mine), Decimal(0))),
    )  # fmt: skip


def gain(page: Page, saved: Decimal) -> str:
    """Saved, or cost: a minus in front of an amount is overlooked."""
    return page.t(f"decisions.ledger.{'saved' if saved >= 0 else 'cost'}", amount=page.fmt.full(abs(saved), Unit.MONEY))
