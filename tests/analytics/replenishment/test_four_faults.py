"""The four faults that planning tools have: none of them can happen here, whatever the stock, lanes and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.outlook import outlook
from analytics.replenishment.projection import delays
from tests.analytics.replenishment.cases import PATHS, TERMS, Case, One, cases, ones


@given(cases())
@settings(max_examples=150, deadline=None)
def test_the_same_need_is_not_proposed_again(case: Case) -> None:
    """Everything approved: the plan of the same day proposes nothing, whatever bound the first one."""
    again = case.approved()
    first, second = case.quantities(), again.quantities()
    assert [two for one, two in zip(first, second, strict=True) if one] == [0.0] * sum(1 for one in first if one)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_a_plan_made_twice_is_the_same(case: Case) -> None:
    assert case.quantities() == case.quantities()


@given(ones(), ones(), st.integers(1, 500))
@settings(max_examples=80, deadline=None)
def test_the_stock_of_one_node_is_not_that_of_another(mine: One, other: One, more: int) -> None:
    """However much there is elsewhere of the same SKU, the need here stays what it was."""
    elsewhere = replace(other, node="N1", sku=mine.sku)
    before = Case((mine, elsewhere)).plan()
    after = Case((mine, replace(elsewhere, on_hand=elsewhere.on_hand + more, inbound=((1, more),)))).plan()
    assert before.outlook.need[0] == after.outlook.need[0]
    assert before.outlook.net[0] == after.outlook.net[0]


@given(cases())
@settings(max_examples=100, deadline=None)
def test_rounding_to_packs_breaks_no_limit(case: Case) -> None:
    """Of all lines that are not forced by their least quantity, and of supply always."""
    plan, positions = case.plan(), case.positions
    sure = np.where(plan.bounded.forced, 0, plan.quantity)
    supply = (positions.supply.group, positions.supply.left, plan.quantity)
    for groups, left, units in ((positions.room.group, plan.room, sure), supply):
        group = groups[plan.rows]
        taken = np.bincount(group[group >= 0], units[group >= 0], minlength=len(left))
        assert (taken <= np.maximum(left, 0)).all()


@given(ones(spread=0.0, reserved=0), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_stock_that_expires_first_is_not_cover(one: One, units: int) -> None:
    """A lot that is over before the order could come and that nobody would buy until then does not lessen the need."""
    still = replace(one, demand=np.vstack([[*[0] * one.receipt, *row[one.receipt :]] for row in one.demand]))
    lot = (one.receipt, float(units))
    with_lot = replace(still, on_hand=still.on_hand + units, lots=(*still.lots, lot))
    expired = replace(still, on_hand=still.on_hand + units, expired=still.expired + units)
    assert _need(with_lot) == _need(still) == _need(expired)


def _need(one: One) -> int:
    case = Case((one,))
    late = delays(PATHS, TERMS.seed)
    return int(outlook(case.positions, case.demand, late, giver_level=0.95).need[0])
