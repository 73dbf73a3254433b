"""Least quantities, packs, rooms and supplies: no limit is passed, and what is scarce goes where it saves most."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.replenishment.bounded import bounded
from analytics.replenishment.positions import Limits, Packs
from analytics.replenishment.reasons import told
from analytics.replenishment.sharing import Claims, loss, shared
from tests.analytics.replenishment.cases import Case, One, cases

NO_LIMIT = Limits(np.array([-1]), np.array([], dtype=np.int64))


@given(cases())
@settings(max_examples=150, deadline=None)
def test_no_limit_is_passed_but_by_a_least_quantity_that_says_so(case: Case) -> None:
    plan, positions = case.plan(), case.positions
    forced = plan.bounded.forced & (plan.quantity > 0)
    supply, room = (positions.supply, positions.supply.left), (positions.room, plan.room)
    for (limits, most), free in ((supply, np.zeros(len(forced), bool)), (room, forced)):
        group = limits.group[plan.rows]
        for number, left in enumerate(most.tolist()):
            assert plan.quantity[(group == number) & ~free].sum() <= max(left, 0)
    for line, bits in zip(plan.quantity.tolist(), plan.reasons.tolist(), strict=True):
        assert line > 0 or bits, "a line that is left out says why"
    packs, below = positions.packs, plan.bounded.below
    ordered = plan.quantity > 0
    assert (plan.quantity % packs.multiple[plan.rows] == 0).all()
    assert (plan.quantity >= packs.moq[plan.rows])[ordered & ~below].all()
    assert "moq_forced" in str([told(bits) for bits in plan.reasons[forced].tolist()]) or not forced.any()


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0.5, 9), st.lists(st.integers(0, 6), min_size=4, max_size=4)),
             min_size=1, max_size=3),
    st.integers(0, 9), st.sampled_from([1, 2]),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_the_share_is_the_best_there_is(lines: list[tuple[int, float, list[int]]], supply: int, pack: int) -> None:
    """Against every allocation of packs of one size."""
    wanted = np.array([pack * count for count, _, _ in lines])
    needs = np.sort(np.array([need for _, _, need in lines], dtype=np.float32), axis=1)
    value = np.array([yuan for _, yuan, _ in lines])
    packs = Packs(np.zeros(len(lines), np.int64), np.full(len(lines), pack * 1000))
    claims = Claims(wanted * 1000, packs, needs, value, np.zeros(len(lines)))
    got = shared(claims, Limits(np.zeros(len(lines), np.int64), np.array([supply * 1000])), fairness_cap=0.2)
    assert got.sum() <= supply * 1000
    every = product(*(range(0, int(most) + 1, pack) for most in wanted))
    best = min(_cost(needs, value, np.array(one)) for one in every if sum(one) <= supply)
    assert _cost(needs, value, got / 1000) == pytest.approx(best)


def test_stars_come_first_inside_the_cap() -> None:
    needs = np.array([[10.0] * 4, [10.0] * 4], np.float32)
    packs = Packs(np.zeros(2, np.int64), np.full(2, 1000))
    limits = Limits(np.zeros(2, np.int64), np.array([10_000]))
    wanted = np.array([10_000, 10_000])
    alike, starred = (
        shared(Claims(wanted, packs, needs, np.array([1.0, worth]), np.array([1.0, 0.0])), limits, fairness_cap=0.2)
        for worth in (1.1, 1.3)
    )
    assert alike.tolist() == [10_000, 0]
    assert starred.tolist() == [0, 10_000]


@pytest.mark.parametrize(
    ("need", "moq", "multiple", "room", "expected", "forced"),
    [
        (7, 0, 6, 100, 12, False),
        (7, 0, 6, 11, 6, False),
        (7, 20, 1, 100, 20, False),
        (7, 20, 1, 10, 20, True),
        (7, 20, 1, 0, 0, False),
        (7, 0, 12, 10, 0, False),
        (7, 20, 12, 10, 0, False),
        (30, 50, 1, 30, 50, True),
    ],
)
def test_packs_stay_in_the_room_unless_the_least_quantity_forces_them(
    need: int, moq: int, multiple: int, room: int, expected: int, forced: bool
) -> None:
    claims = _claims(need, moq, multiple)
    found = bounded(claims, Limits(np.array([0]), np.array([room * 1000])), NO_LIMIT, fairness_cap=0)
    assert (found.supplied.tolist(), found.forced.tolist()) == ([expected * 1000], [forced])


def test_room_is_what_capacity_leaves_when_the_order_comes() -> None:
    """20 of 40 there are sold by then: what is needed for five days fits into a node for 70 that was half full."""
    one = One(np.full((8, 16), 10), on_hand=40, receipt=3, following=10)
    assert Case((one,), room={"N0": 30.0}).quantities() == [50.0]
    assert Case((one,), room={"N0": 20.0}).quantities() == [40.0]


def test_a_supply_below_the_least_quantity_is_not_passed() -> None:
    found = bounded(_claims(30, 50, 6), NO_LIMIT, Limits(np.array([0]), np.array([20_000])), fairness_cap=0)
    assert found.supplied.tolist() == [18_000]
    assert found.below.tolist() == [True]


def test_an_order_that_saves_less_than_it_costs_is_left_out() -> None:
    """8 units at 4 yuan; two lines of one order share its cost."""
    one = One(np.full((8, 16), 1), fixed=30.0)
    needless, needed = Case((one,)), Case((one, One(np.full((8, 16), 1), fixed=30.0, sku="O1")))
    assert needless.quantities() == [0.0]
    assert told(int(needless.plan().reasons[0])) == ("fixed_cost",)
    assert needed.quantities() == [5.0, 5.0]


def _claims(need: int, moq: int, multiple: int) -> Claims:
    packs = Packs(np.array([moq * 1000]), np.array([multiple * 1000]))
    return Claims(
        np.array([need * 1000]), packs, np.full((1, 4), need, dtype=np.float32), np.array([1.0]), np.array([0.0])
    )


def _cost(needs: np.ndarray, value: np.ndarray, units: np.ndarray) -> float:
    return float((loss(needs, units) * value).sum())
