"""A neighbour's surplus: cheaper, whole, lasting, and never the giver's own need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.plan import Plan
from analytics.replenishment.transfers import TransferTerms
from tests.analytics.replenishment.cases import PATHS, Case, One, ones

TEN = np.full((PATHS, 16), 10)
SHORT = One(TEN, node="N0", on_hand=10, order=4, receipt=8, following=12)
FULL = One(TEN, node="N1", on_hand=400, order=4, receipt=8, following=12)


def terms(count: int, **more: Any) -> TransferTerms:
    """Everybody may take from everybody."""
    pairs = np.array([(taker, giver) for taker in range(count) for giver in range(count) if taker != giver])
    given_: dict[str, Any] = {"leaves": 1, "days": 1, "fixed": 5.0, "least_units": 2.0, "least_amount": 10.0}
    return TransferTerms(pairs[:, 0], pairs[:, 1], freight=np.full(count, 0.1), **{**given_, **more})


def planned(*many: One, **more: Any) -> Plan:
    return Case(many).plan(transfers=terms(len(many), **more))


def test_a_surplus_comes_before_an_order_that_comes_too_late() -> None:
    """Ten a day from day 2 on, until day 11: 100 units, on their way for a day."""
    plan = planned(SHORT, FULL)
    assert plan.transfer.tolist() == [True]
    assert plan.quantity.tolist() == [100_000]
    assert plan.offer.receipt.tolist() == [2]
    assert plan.offer.priced.cost[0] < plan.bought.cost[0] < plan.nothing.cost[0]


def test_nothing_leaves_on_a_day_that_is_over() -> None:
    """Told two days late it can leave on the third: 80 units from day 4 until day 11; what was missing is lost."""
    plan = planned(SHORT, FULL, leaves=3)
    assert plan.offer.receipt.tolist() == [4]
    assert plan.quantity.tolist() == [80_000]


@pytest.mark.parametrize(
    "giver",
    [
        replace(FULL, on_hand=200),
        replace(FULL, order=1, receipt=2, following=6, lots=((9, 390.0),)),
        replace(FULL, counted=False),
        replace(FULL, outgoing=250),
    ],
    ids=["needs it", "expires on the shelf", "nobody counted", "promised to others"],
)
def test_what_a_giver_cannot_spare_stays_there(giver: One) -> None:
    plan = planned(SHORT, giver)
    assert plan.offer.giver.tolist()[0] == -1
    assert not plan.transfer.any()


def test_one_surplus_is_not_promised_twice() -> None:
    """290 can be spared: enough for two that want 100 each, not for a third."""
    third, fourth = replace(SHORT, node="N2"), replace(SHORT, node="N3")
    plan = planned(SHORT, FULL, third, fourth)
    assert plan.transfer.tolist() == [True, True, False]


def test_trivial_moves_are_none() -> None:
    assert not planned(SHORT, FULL, least_units=101).transfer.any()
    assert not planned(SHORT, FULL, least_amount=1_001).transfer.any()
    dear = planned(SHORT, FULL, fixed=100_000.0)
    assert not dear.transfer.any()
    assert dear.offer.giver.tolist() == [1], "told on the card all the same"


@given(ones(), ones(), ones())
@settings(max_examples=60, deadline=None)
def test_a_giver_is_never_short_for_having_given(first: One, second: One, third: One) -> None:
    many = tuple(replace(one, node=f"N{at}", sku="R5") for at, one in enumerate((first, second, third)))
    plan = Case(many).plan(transfers=terms(3, least_units=0, least_amount=0))
    given_ = np.zeros(3)
    for line in np.flatnonzero(plan.transfer):
        given_[plan.offer.giver[line]] += plan.quantity[line] / 1000
    after = Case(tuple(replace(one, outgoing=one.outgoing + units) for one, units in zip(many, given_, strict=True)))
    for giver in np.flatnonzero(given_):
        assert after.plan().outlook.need[giver] <= 0


@given(st.lists(ones(), min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_an_approved_transfer_is_not_proposed_again(many: list[One]) -> None:
    many = [replace(one, node=f"N{at}", sku="R5") for at, one in enumerate(many)]
    given_ = terms(len(many), least_units=0, least_amount=0)
    plan = Case(tuple(many)).plan(transfers=given_)
    after = list(many)
    for line in np.flatnonzero(plan.quantity > 0).tolist():
        row, units = int(plan.rows[line]), plan.quantity[line] / 1000
        moved = bool(plan.transfer[line])
        day = int(plan.offer.receipt[line]) if moved else many[row].receipt
        after[row] = replace(after[row], coming=(*after[row].coming, (day, units)))
        if moved:
            giver = int(plan.offer.giver[line])
            after[giver] = replace(after[giver], outgoing=after[giver].outgoing + units)
    served = plan.rows[plan.quantity > 0]
    again = Case(tuple(after)).plan(transfers=given_)
    assert not np.intersect1d(again.rows[again.quantity > 0], served).size
