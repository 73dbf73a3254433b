"""Literal proposals for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from analytics.decisions.proposal import Alternative, Bound, Evidence, Kind, Origin, Proposal, State, Step

AT = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)

EVIDENCE = Evidence(
    steps=(Step("demand", Decimal("160.5")), Step("on_hand", Decimal(-64)), Step("rounding", Decimal("3.5"))),
    bounds=(Bound("case_multiple", Decimal("96.5"), Decimal(100)),),
    alternatives=(
        Alternative("transfer", "N2", Decimal(50), date(2026, 3, 3), Decimal("812.40"), Decimal("0.5")),
        Alternative("nothing", None, Decimal(0), None, Decimal("2310.00"), Decimal(33)),
    ),
    fan={"0.50": Decimal(120), "0.95": Decimal("160.5")},
    inputs={"lead_days": "3"},
    policies={"replenishment.service_level": "0.95 (0)"},
    build="build-1",
    run="run-1",
)

PROPOSAL = Proposal(
    id="p1",
    version=1,
    kind=Kind.PURCHASE,
    origin=Origin.PLAN,
    state=State.PROPOSED,
    node="N1",
    sku="R5",
    source="PLANT",
    owner="S1",
    proposed=Decimal(100),
    quantity=Decimal(100),
    unit_cost=Decimal("45.25"),
    order_by=date(2026, 3, 2),
    expected_receipt=date(2026, 3, 5),
    expires_on=date(2026, 3, 8),
    loss_per_day=Decimal("77.25"),
    reasons=("low", "case_multiple"),
    evidence=EVIDENCE,
    as_of=date(2026, 2, 28),
    batch="plan-1",
    made_at=AT,
)


def a_proposal(id: str = "p1", **changes: Any) -> Proposal:
    """A proposal of 100 units at 45.25 yuan for store S1's node N1, open on :data:`TODAY`."""
    return replace(PROPOSAL, id=id, **changes)
