"""Master data that people overrule again and again."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services.ledger import Doubted
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page


def doubted(page: Page, found: Sequence[Doubted]) -> None:
    """Master data that people overrule again and again, and who should look at it."""
    if not found:
        return
    page.section(page.t("decisions.ledger.doubts"), page.t("decisions.ledger.doubts.about"))
    for one in found:
        told = one.doubt
        said = page.t(
            f"decisions.ledger.doubt.{told.kind}", what=" → ".join(one.names), times=told.times,
            why=page.t(f"proposal.why.{told.reason}"), people=page.fmt.listed(list(told.people)),
            last=page.moment(told.last),
        )  # fmt: skip
        if one.promised is not None and one.taken is not None:
            said += page.t(
                "decisions.ledger.lane", promised=f"{one.promised:g}", taken=f"{one.taken:g}", count=one.receipts
            )
        page.say(escaped(f"{said}"))
