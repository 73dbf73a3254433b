"""The twin against a slow one that keeps every lot, and what must hold in any world under any policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.core.errors import DomainError
from analytics.simulation.policy import Policy
from analytics.simulation.results import tally
from analytics.simulation.simple import MinMax, MovingAverage, Newsvendor
from analytics.simulation.twin import replay
from analytics.simulation.world import World, plain_terms, plain_world
from tests.analytics.simulation.cases import START, Always, Watching, slowly, worlds

POLICIES: tuple[Policy, ...] = (MovingAverage(2.5, 4), MinMax(1, 3), Newsvendor(3), Always(4), Always(0))
policies = st.sampled_from(POLICIES)


@given(worlds(), policies)
@settings(max_examples=200, deadline=None)
def test_the_twin_is_what_a_slow_loop_over_lots_says(world: World, policy: Policy) -> None:
    """Waste, receipts, sales, stock: with expiry, late deliveries, closed places and what was under way before."""
    ledger = replay(world, policy)
    for row in range(world.size):
        slow = slowly(world, row, ledger.ordered)
        for name in ("sold", "lost", "wasted", "stock"):
            assert getattr(ledger, name)[row].tolist() == pytest.approx(getattr(slow, name), abs=1e-6), name


@given(worlds(), policies)
@settings(max_examples=100, deadline=None)
def test_nothing_comes_from_nowhere_and_nothing_goes_there(world: World, policy: Policy) -> None:
    ledger = replay(world, policy)
    before = np.concatenate([world.opening.sum(axis=1)[:, None], ledger.stock[:, :-1]], axis=1)
    assert np.allclose(before - ledger.wasted + ledger.received - ledger.sold, ledger.stock, atol=1e-6)
    assert np.array_equal(ledger.sold + ledger.lost, world.wanted)
    for name in ("stock", "sold", "lost", "wasted", "received", "ordered"):
        assert (getattr(ledger, name) >= 0).all(), name
    sent = world.inbound.sum(axis=1) + ledger.ordered.sum(axis=1)
    assert np.allclose(sent, ledger.received.sum(axis=1) + ledger.pending)


@given(worlds(), policies)
@settings(max_examples=100, deadline=None)
def test_orders_keep_least_quantities_packs_and_review_days(world: World, policy: Policy) -> None:
    ledger = replay(world, policy)
    thousandth = np.rint(ledger.ordered * 1000).astype(np.int64)
    some = thousandth > 0
    moq, multiple = world.terms.packs.moq[:, None], world.terms.packs.multiple[:, None]
    assert (thousandth % multiple == 0).all()
    assert (thousandth >= moq)[some].all()
    assert not some[world.gap == 0].any()
    assert np.array_equal(some, ledger.lines == 1)


@given(worlds(), policies)
@settings(max_examples=60, deadline=None)
def test_the_cost_of_an_order_is_charged_once_per_group_and_evening(world: World, policy: Policy) -> None:
    one = np.full(world.size, 4.0)
    ledger = replay(replace(world, terms=replace(world.terms, fixed=one)), policy)
    orders = [len(set(world.terms.group[ledger.lines[:, at] > 0])) for at in range(world.periods)]
    assert ledger.fixed.sum() == pytest.approx(4.0 * sum(orders))


@given(worlds(), policies)
@settings(max_examples=40, deadline=None)
def test_the_same_world_gives_the_same_bytes(world: World, policy: Policy) -> None:
    one, other = replay(world, policy), replay(world, policy)
    for name in ("sold", "stock", "ordered", "wasted", "fixed"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@given(worlds(), policies, st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_what_comes_later_changes_nothing_that_was_ordered_before(world: World, policy: Policy, after: int) -> None:
    """Demand, delays, closures and reviews after a period are altered: orders up to it stay as they were."""
    cut = min(after, world.periods - 1)
    other = replace(world, demand=world.demand.copy(), delay=world.delay.copy(), open=world.open.copy())
    other.demand[:, world.start + cut + 1 :] = 99.0
    other.delay[:, cut + 1 :] += 3
    other.open[:, cut + 1 :] = ~other.open[:, cut + 1 :]
    one, two = Watching(policy, [], []), Watching(policy, [], [])
    before, altered = replay(world, one), replay(other, two)
    assert np.array_equal(before.ordered[:, : cut + 1], altered.ordered[:, : cut + 1])
    for seen in one.seen:
        assert seen.demand.shape[1] == seen.origin + 1


@given(worlds(), policies)
@settings(max_examples=40, deadline=None)
def test_without_demand_a_world_costs_what_it_holds_orders_and_throws_away(world: World, policy: Policy) -> None:
    """And a policy that looks at demand orders nothing, so that only holding and waste remain."""
    none = replace(world, demand=np.zeros_like(world.demand))
    one = tally(replay(none, policy))
    assert not one.yuan["shortage"].any()
    if not isinstance(policy, Always):
        assert not one.yuan["ordering"].any()


@given(worlds(), st.floats(0, 5), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_more_to_begin_with_never_sells_less_where_orders_are_fixed(world: World, units: float, more: int) -> None:
    """True of stock that lasts and orders that do not look at it; a policy that looks may order less for it."""
    fuller = replace(world, opening=world.opening.copy())
    fuller.opening[:, -1] += more
    less, much = (replay(one, Always(units)) for one in (world, fuller))
    assert (much.sold.sum(axis=1) >= less.sold.sum(axis=1) - 1e-6).all()


@given(worlds(), st.floats(0, 5))
@settings(max_examples=60, deadline=None)
def test_later_deliveries_never_sell_more_where_goods_last_and_orders_are_fixed(world: World, units: float) -> None:
    """Not true of goods that expire: those that come later are fresher."""
    lasting = replace(world, terms=replace(world.terms, shelf=np.full(world.size, 1_000_000)))
    later = replace(lasting, terms=replace(lasting.terms, lead=lasting.terms.lead + 1))
    sooner, late = (replay(one, Always(units)) for one in (lasting, later))
    assert (late.sold.sum(axis=1) <= sooner.sold.sum(axis=1) + 1e-6).all()


def test_an_order_at_the_end_of_a_week_with_lead_time_two_sells_from_the_third_week_on() -> None:
    world = plain_world(
        np.ones((1, START + 6)), START, plain_terms(1, lead=2, shortage=1, holding=0), opening=np.zeros(1)
    )
    assert replay(world, Always(1)).sold[0].tolist() == [0, 0, 0, 1, 1, 1]


def test_costs_are_holding_of_what_is_left_and_shortage_of_what_is_lost() -> None:
    """Five units for three weeks of demand 2, 2, 4: left 3, 1, 0; lost 3 in the last week."""
    demand = np.concatenate([np.full((1, START), 2.0), np.array([[2.0, 2.0, 4.0]])], axis=1)
    world = plain_world(demand, START, plain_terms(1, lead=2, shortage=1.0, holding=0.2), opening=np.array([5.0]))
    one = tally(replay(world, Always(0)))
    assert (one.yuan["holding"][0], one.yuan["shortage"][0]) == (pytest.approx(0.8), pytest.approx(3.0))
    assert one.cost[0] == pytest.approx(3.8)


def test_a_world_without_history_is_refused() -> None:
    with pytest.raises(DomainError, match="twin_no_history"):
        plain_world(np.ones((1, 5)), 0, plain_terms(1, lead=1, shortage=1, holding=1), opening=np.zeros(1))


def test_a_moving_average_orders_up_to_its_cover() -> None:
    """Mean 2, cover 4 weeks: 8 less the 5 that are there."""
    world = plain_world(
        np.full((1, START + 1), 2.0), START, plain_terms(1, lead=2, shortage=1, holding=0), opening=np.array([7.0])
    )
    assert replay(world, MovingAverage(4)).ordered[0].tolist() == [3.0]


def test_min_max_orders_only_when_it_has_fallen_to_the_minimum() -> None:
    demand, terms = np.full((1, START + 3), 2.0), plain_terms(1, lead=1, shortage=1, holding=0)
    world = plain_world(demand, START, terms, opening=np.array([8.0]))
    assert replay(world, MinMax(2, 4)).ordered[0].tolist() == [0.0, 4.0, 0.0]


def test_the_newsvendor_orders_last_seasons_demand_and_its_error() -> None:
    """A season of two weeks that repeats exactly: no error, so up to three weeks of it: 5 + 1 + 5, then 1 + 5 + 1."""
    demand = np.tile([1.0, 5.0], 10)[None, :]
    world = plain_world(demand, 18, plain_terms(1, lead=2, shortage=1, holding=0.2), opening=np.zeros(1))
    assert replay(world, Newsvendor(2)).ordered[0].tolist() == [11.0, 0.0]
