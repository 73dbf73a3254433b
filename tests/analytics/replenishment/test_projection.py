"""Stock along the paths: the fast form equals a slow loop, and more never turns into less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.outlook import outlook
from analytics.replenishment.projection import delays, projected
from tests.analytics.replenishment.cases import PATHS, TERMS, Case, One, ones
from tests.analytics.replenishment.slow import lost_on

LATE = delays(PATHS, TERMS.seed)


@given(ones(spread=0.0), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_what_is_lost_is_what_a_slow_loop_loses(one: One, quantity: int) -> None:
    case = Case((one,))
    _, seen = next(projected(case.positions, case.demand[0], LATE))
    slow = np.array([lost_on(one, path, quantity) for path in range(PATHS)])
    fast = np.maximum(np.sort(seen.needs[0]) - quantity, 0)
    assert fast.tolist() == pytest.approx(sorted(slow[:, 1].tolist()), abs=1e-3)
    assert seen.lost_before[0] == pytest.approx(slow[:, 0].mean(), abs=1e-3)


@given(ones(), st.integers(1, 20))
@settings(max_examples=80, deadline=None)
def test_more_cover_never_orders_less(one: One, more: int) -> None:
    surer, longer = replace(one, level=0.999), replace(one, following=one.following + more)
    fuller = replace(one, on_hand=one.on_hand + more)
    need, at_surer, at_longer, at_fuller = (_need(case) for case in (one, surer, longer, fuller))
    assert at_surer >= need
    assert at_longer >= need
    assert at_fuller <= need


@given(st.lists(ones(), min_size=2, max_size=4))
@settings(max_examples=40, deadline=None)
def test_positions_in_one_array_are_those_alone(many: list[One]) -> None:
    together = outlook(Case(tuple(many)).positions, Case(tuple(many)).demand, LATE, giver_level=0.95)
    assert together.need.tolist() == [_need(one) for one in many]


def test_an_order_of_tomorrow_sells_on_the_day_it_comes() -> None:
    """Lead time zero: ordered, received and sold on day 1; ten a day until the next one on day 3."""
    one = One(np.full((PATHS, 16), 10), order=1, receipt=1, following=3)
    assert _need(one) == 20_000


def test_sales_that_are_lost_before_the_receipt_are_not_ordered() -> None:
    one = One(np.full((PATHS, 16), 10), on_hand=15, receipt=4, following=8)
    assert _need(one) == 40_000
    assert outlook(Case((one,)).positions, Case((one,)).demand, LATE, giver_level=0.95).lost_before.tolist() == [15.0]


def test_a_lot_that_expires_first_is_no_cover() -> None:
    """40 on hand, but only what sells in two days of them: 20; nothing else is there on the third."""
    fresh = One(np.full((PATHS, 16), 10), on_hand=40, receipt=3, following=5)
    assert _need(fresh) <= 0
    assert _need(replace(fresh, lots=((3, 40.0),))) == 20_000


def test_what_is_promised_leaves_with_the_lots_that_last_longest() -> None:
    """Two of ten units are free, and gone before the receipt: nothing is left to expire after it."""
    one = One(np.full((PATHS, 16), 1), on_hand=10, reserved=8, lots=((5, 10.0),), receipt=4, following=8)
    assert _need(one) == 4_000


def test_who_does_not_know_the_stock_replaces_what_sells() -> None:
    unknown = One(np.full((PATHS, 16), 10), counted=False, receipt=3, following=8)
    assert _need(unknown) == 50_000


def _need(one: One) -> int:
    case = Case((one,))
    return int(outlook(case.positions, case.demand, LATE, giver_level=0.95).need[0])
