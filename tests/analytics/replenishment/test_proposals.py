"""What a person sees: steps that add up to the quantity, bounds that are named, answers that are priced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given, settings

from analytics.decisions.proposal import Bound, Kind, Proposal
from analytics.replenishment.proposals import Frame, proposals_of
from tests.analytics.replenishment.cases import PATHS, Case, One, cases, texts
from tests.analytics.replenishment.test_transfers import FULL, SHORT, terms

AS_OF = date(2026, 3, 1)


def told(case: Case, *, transfers: bool = False) -> list[Proposal]:
    plan = case.plan(transfers=terms(len(case.ones))) if transfers else case.plan()
    size = len(case.ones)
    frame = Frame(
        as_of=AS_OF, first=AS_OF + timedelta(days=1), batch="b",
        made_at=datetime(2026, 3, 1, 4, tzinfo=UTC), build="build", run="run",
        owner=texts(["brand"] * size), expires=np.full(size, 6), inputs={"price": texts(["14"] * size)},
        policies=np.zeros(size, np.int64), policy_sets=({"replenishment.order_up_to": "critical_ratio"},),
    )  # fmt: skip
    return list(proposals_of(plan, case.positions, frame))


@given(cases())
@settings(max_examples=100, deadline=None)
def test_the_steps_add_up_to_the_quantity(case: Case) -> None:
    for one in told(case):
        assert sum(step.units for step in one.evidence.steps) == one.quantity == one.proposed > 0


def test_a_transfer_adds_up_and_shows_what_buying_would_cost() -> None:
    one, *others = told(Case((SHORT, FULL)), transfers=True)
    assert not others
    assert (one.kind, one.source, one.quantity) == (Kind.TRANSFER, "N1", Decimal(100))
    assert sum(step.units for step in one.evidence.steps) == 100
    assert (one.order_by, one.expected_receipt) == (date(2026, 3, 2), date(2026, 3, 3))
    assert [other.kind for other in one.evidence.alternatives] == ["do_nothing", "purchase"]


def test_freight_is_paid_for_what_is_sold_before_the_next_order() -> None:
    """Of 60 units ten are left, which a later order then need not carry: 20 yuan lost before, 50 of freight, and the
    ten kept for five days at a fifth of ten yuan a year."""
    (one,) = told(Case((One(np.full((PATHS, 16), 10), on_hand=5, inbound=((2, 10.0),), multiple=12, freight=1.0),)))
    assert one.quantity == 60
    assert one.evidence.inputs["answer_cost"] == "70.27"


def test_a_card_by_hand() -> None:
    """Ten a day for seven days, 15 on hand of which 5 are over, 10 coming on day 2, 5 reserved, packs of 12."""
    case = Case((One(np.full((PATHS, 16), 10), on_hand=15, expired=5, reserved=5, inbound=((2, 10.0),), multiple=12),))
    (one,) = told(case)
    steps = {step.name: step.units for step in one.evidence.steps}
    assert steps == {
        "on_hand": -15,
        "expired": 5,
        "reserved": 5,
        "inbound": -10,
        "demand": 70,
        "lost_sales": -5,
        "case_multiple": 10,
    }
    assert (one.quantity, one.amount) == (Decimal(60), Decimal("600.00"))
    assert one.evidence.bounds == (Bound("case_multiple", Decimal(50), Decimal(60)),)
    assert (one.order_by, one.expected_receipt, one.expires_on) == (
        date(2026, 3, 2),
        date(2026, 3, 4),
        date(2026, 3, 7),
    )
    # 50 units at 4 yuan that are not sold in the five days until the order after it.
    assert one.loss_per_day == Decimal("40.00")
    (nothing,) = one.evidence.alternatives
    assert (nothing.kind, nothing.cost, nothing.lost) == ("do_nothing", Decimal("220.00"), Decimal("55.00"))
    assert one.evidence.fan["0.50"] == 70
    assert one.evidence.policies == {"replenishment.order_up_to": "critical_ratio"}
