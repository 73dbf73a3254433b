"""What an order would have cost: the walk along the path that came agrees with one day after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.hindsight import LONGEST, lived
from tests.analytics.replenishment.cases import Case, One
from tests.analytics.replenishment.slow import lost_on


def cost(one: One, *quantities: float, life: float = np.inf) -> list[float]:
    case = Case((one,))
    pace = one.demand.mean(axis=1)
    seen = lived(case.positions, case.demand, np.array([quantities]), pace=pace, life=np.array([life]))
    return [float(value) for value in seen.cost[0]]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=16, max_size=16),
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 30)), max_size=3),
    st.integers(0, 80),
)
def test_what_is_lost_is_what_a_walk_by_day_loses(
    days: list[int], held: int, inbound: list[tuple[int, float]], quantity: int
) -> None:
    one = One(np.array([days], dtype=float), on_hand=held, inbound=tuple(inbound))
    case = Case((one,))
    seen = lived(
        case.positions, case.demand, np.array([[float(quantity), 0.0]]), pace=np.ones(1), life=np.array([np.inf])
    )
    assert float(seen.lost[0, 0]) == pytest.approx(sum(lost_on(one, 0, quantity)), abs=0.01)
    assert float(seen.lost[0, 1]) == pytest.approx(sum(lost_on(one, 0)), abs=0.01)


def test_a_surplus_is_kept_until_it_is_sold() -> None:
    """Five a day from the first day; received on the 3rd, the next on the 8th: 25 are needed, at 10 yuan each."""
    one = One(np.full((1, 16), 5.0), on_hand=10)
    holding = 10.0 * 0.2 / 365
    nothing, enough, more = cost(one, 0, 25, 45)
    assert nothing == pytest.approx(25 * 4.0)
    assert enough == pytest.approx(0.0)
    # Twenty too many lie there for five days, and two more in the middle until they are sold.
    assert more == pytest.approx(holding * 20 * (5 + 2))


def test_what_nobody_buys_is_kept_for_a_year_and_what_perishes_is_lost() -> None:
    dead = One(np.zeros((1, 16)))
    holding = 10.0 * 0.2 / 365
    assert cost(dead, 10)[0] == pytest.approx(holding * 10 * (5 + LONGEST))
    # Of a surplus of 20, sold at 5 a day, a shelf life of 7 days leaves two days after the window: ten are wasted.
    brisk = One(np.full((1, 16), 5.0), on_hand=10)
    assert cost(brisk, 45, life=7)[0] == pytest.approx(holding * 20 * (5 + 2) + 10 * 10.0)
    assert cost(brisk, 45, life=2)[0] == pytest.approx(holding * 20 * (5 + 2) + 20 * 10.0)


def test_an_unknown_price_makes_no_worth() -> None:
    assert np.isnan(cost(One(np.full((1, 16), 5.0), shortage=float("nan")), 25)[0])
