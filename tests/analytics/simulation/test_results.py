"""Figures of a replay, their intervals, shocks, and the order in which help is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.core.errors import DomainError
from analytics.simulation.priority import priority
from analytics.simulation.results import MEASURES, cheaper, estimates, tally
from analytics.simulation.shocks import Setting, Shock, ShockKind, known_regions, shock_of, shocked, touches_demand
from analytics.simulation.simple import MovingAverage
from analytics.simulation.twin import replay
from analytics.simulation.world import World, delays, plain_terms, plain_world
from tests.analytics.simulation.cases import Always

DAYS = np.datetime64("2026-03-02") + 7 * np.arange(4)
REGIONS = {"north": np.array([True, False, False]), "south": np.array([False, True, True])}
SETTING = Setting(regions=REGIONS, days=DAYS, length=7)


def _world(lead: int = 0) -> World:
    demand = np.random.default_rng(1).poisson(5.0, (3, 14)).astype(np.float64)
    terms = replace(plain_terms(3, lead=lead, shortage=2.0, holding=0.5), cost=np.full(3, 4.0))
    return plain_world(demand, 10, terms, opening=np.full(3, 6.0))


def test_intervals_hold_the_figure_and_are_the_same_again() -> None:
    world = _world()
    one = tally(replay(world, MovingAverage(1)))
    found = estimates(one, seed=4)
    assert set(found) == set(MEASURES)
    for name, value in found.items():
        assert value.low <= value.value <= value.high, name
    assert found == estimates(one, seed=4)
    assert found["fill_rate"].value == pytest.approx(one.units["sold"].sum() / one.units["demand"].sum())
    assert found["cost"].value == pytest.approx(one.cost.sum())


def test_a_policy_saves_nothing_against_itself_and_pairs_narrow_a_difference() -> None:
    """Series differ much, policies hardly: resampled together, the difference stays sure."""
    world = _world()
    sized = replace(world, demand=world.demand * np.array([[1.0], [10.0], [100.0]]))
    one, other = tally(replay(sized, Always(0))), tally(replay(sized, MovingAverage(1)))
    same = cheaper(one, one, seed=1)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    apart = estimates(one, seed=1)["cost"]
    saved = cheaper(other, one, seed=1)
    assert saved.high - saved.low < (apart.high - apart.low) / apart.value


def test_periods_that_do_not_count_are_left_out() -> None:
    ledger = replay(_world(), Always(0))
    counted = np.zeros(ledger.sold.shape, dtype=np.bool_)
    counted[:, -1] = True
    assert tally(ledger, counted).units["lost"].tolist() == ledger.lost[:, -1].tolist()


@pytest.mark.parametrize(
    "text", ["", "lead", "lead=", "lead=x", "rain=3", "lead=10%", "demand=20", "closed=", "demand=+5%@2026"]
)
def test_a_shock_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(DomainError, match="shock_form") as refused:
        shock_of(text)
    assert refused.value.facts["given"] == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lead=-3", "shock_amount"),
        ("lead=500", "shock_amount"),
        ("demand=-120%", "shock_amount"),
        ("lead=nan", "shock_amount"),
        ("demand=5%@2026-03-09..2026-03-02", "shock_days"),
        ("cost=5%@2026-03-02..2026-03-09", "shock_cost_days"),
    ],
)
def test_a_shock_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        shock_of(text)


def test_more_demand_is_more_on_its_days_alone() -> None:
    world = _world()
    more = shocked(world, [shock_of("demand=+50%@2026-03-10..2026-03-20")], SETTING)
    assert np.array_equal(more.demand[:, :11], world.demand[:, :11])
    assert np.array_equal(more.demand[:, 11:13], world.demand[:, 11:13] * 1.5)
    assert np.array_equal(more.demand[:, 13:], world.demand[:, 13:])


def test_late_deliveries_are_late_by_whole_periods() -> None:
    world = _world(lead=1)
    late = replay(shocked(world, [shock_of("lead=8")], SETTING), Always(5))
    assert late.received.tolist() == [[0, 0, 0, 0]] * 3
    assert replay(world, Always(5)).received.tolist() == [[0, 0, 5, 5]] * 3


def test_no_delivery_reaches_a_closed_region_and_what_was_due_comes_when_it_opens() -> None:
    shock = shock_of("closed=south@2026-03-09..2026-03-22")
    ledger = replay(shocked(_world(), [shock], SETTING), Always(5))
    assert ledger.received.tolist() == [[0, 5, 5, 5], [0, 0, 0, 15], [0, 0, 0, 15]]


def test_dearer_units_cost_more_to_keep_and_earn_less() -> None:
    terms = shocked(_world(), [Shock(ShockKind.COST, 0.25)], SETTING).terms
    assert (terms.cost[0], terms.holding[0], terms.shortage[0]) == (5.0, 0.625, 1.0)


def test_a_shock_outside_the_window_or_in_an_unknown_region_is_refused() -> None:
    with pytest.raises(DomainError, match="shock_outside"):
        shocked(_world(), [replace(shock_of("lead=3"), first=date(2027, 1, 1), last=date(2027, 1, 2))], SETTING)
    with pytest.raises(DomainError, match="shock_region") as refused:
        known_regions([shock_of("closed=west")], ["north", "south"])
    assert refused.value.facts == {"given": "west", "known": "north, south"}


def test_only_shocks_of_demand_make_forecasts_old() -> None:
    assert touches_demand([shock_of("lead=3"), shock_of("demand=1%")])
    assert not touches_demand([shock_of("lead=3"), shock_of("cost=1%"), shock_of("closed=north")])


def test_help_is_needed_first_where_stock_runs_out_first_then_where_most_is_lost() -> None:
    demand = np.concatenate([np.ones((4, 1)), np.array([[1, 1, 9], [9, 0, 0], [1, 9, 9], [8, 0, 0]])], axis=1)
    world = plain_world(
        demand, 1, plain_terms(4, lead=5, shortage=2, holding=0), opening=np.array([11.0, 1.0, 2.0, 1.0])
    )
    found = priority(replay(world, Always(0)))
    assert found.rows.tolist() == [1, 3, 2]
    assert found.runs_out.tolist() == [0, 0, 1]
    assert found.per_period.tolist() == [16.0, 14.0, 17.0]


def test_deliveries_are_late_at_random_but_never_early_and_the_same_again() -> None:
    late = delays(np.array([0.0, 2.0]), 400, seed=9)
    assert not late[0].any()
    assert late.min() == 0
    assert 0.5 < late[1].mean() < 1.1
    assert np.array_equal(late, delays(np.array([0.0, 2.0]), 400, seed=9))
