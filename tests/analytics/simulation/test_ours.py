"""Our own policy in the twin: what it sees, what it orders, and that it is the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from analytics.forecasting.candidate import Candidate, unfitted
from analytics.forecasting.contract import Floats
from analytics.forecasting.panel import Panel
from analytics.forecasting.paths import Paths
from analytics.forecasting.simple import moving_average, naive
from analytics.simulation.foresight import Rolling, rolled
from analytics.simulation.ours import OrderUpTo
from analytics.simulation.results import tally
from analytics.simulation.simple import MovingAverage
from analytics.simulation.twin import replay
from analytics.simulation.world import World, plain_terms, plain_world
from tests.analytics.forecasting.panels import in_order, panel
from tests.analytics.simulation.cases import Always

WEEKS, WINDOW = 60, 8
ROLLING = Rolling(horizon=3, seed=5, learnt=12, paths=60)
FIELD = (Candidate("naive", unfitted(naive)), Candidate("moving_average", unfitted(moving_average)))


@dataclass(frozen=True, slots=True)
class Told:
    """The same paths at every origin: paths × series × periods."""

    drawn: Paths

    def paths(self, origin: int) -> Paths:
        return self.drawn


def _sold(series: int = 10) -> Floats:
    return np.random.default_rng(3).poisson(8.0, (series, WEEKS)).astype(np.float64)


def _world(of: Panel) -> World:
    start = WEEKS - WINDOW
    terms = plain_terms(of.size, lead=1, shortage=1.0, holding=0.2)
    return plain_world(of.demand, start, terms, opening=np.full(of.size, 16.0))


def _ours(of: Panel, learn: Rolling = ROLLING) -> OrderUpTo:
    return OrderUpTo(rolled(of, range(WEEKS - WINDOW, WEEKS), learn, field=FIELD), seed=5)


@pytest.mark.parametrize("raced", [1_000, 4])
def test_what_is_ordered_does_not_hang_on_demand_that_comes_later(raced: int) -> None:
    """The future of the whole panel is altered from one week on, forecasts are made anew: orders before stay."""
    of, cut = panel(_sold()), WEEKS - WINDOW + 3
    later = of.demand.copy()
    later[:, cut + 1 :] = later[:, cut + 1 :] * 7 + 30
    altered = replace(of, demand=later, sold=later)
    learn = replace(ROLLING, race_series=raced)
    one, other = (replay(_world(each), _ours(each, learn)) for each in (of, altered))
    assert one.ordered[:, :4].tobytes() == other.ordered[:, :4].tobytes()
    assert one.ordered[:, 4:].tobytes() != other.ordered[:, 4:].tobytes()


def test_the_same_seed_gives_the_same_orders() -> None:
    of = panel(_sold())
    one, other = (replay(_world(of), _ours(of)) for _ in range(2))
    assert one.ordered.tobytes() == other.ordered.tobytes()


def test_it_orders_the_critical_quantile_of_what_is_missing_until_the_next_receipt() -> None:
    """Four futures of 10, 20, 30, 40 a week for two weeks, 5 on the shelf, 15 to come next week, lead time one week.

    Next week leaves 10, 0, 0, 0; the week after wants 10, 20, 30, 40: missing 0, 20, 30, 40. At 1 / (1 + 0.25) = 0.8
    the fourth of four is enough.
    """
    paths = np.repeat(np.array([10, 20, 30, 40], dtype=np.float32)[:, None, None], 2, axis=2)
    terms = plain_terms(1, lead=1, shortage=1.0, holding=0.25)
    world = plain_world(np.zeros((1, 3)), 1, terms, opening=np.array([5.0]))
    one = replace(world, inbound=np.array([[0.0, 15.0]]))
    assert replay(one, OrderUpTo(Told(paths), seed=1)).ordered[0, 0] == 40.0
    surer = replace(one, terms=replace(terms, holding=np.array([1.0])))
    assert replay(surer, OrderUpTo(Told(paths), seed=1)).ordered[0, 0] == 20.0


def test_what_will_have_expired_is_ordered_and_what_would_expire_is_not() -> None:
    """Ten a week for sure, twenty that expire before next week: as if there were none.

    With a review every three weeks, goods that last one week are bought for one week.
    """
    paths = np.full((4, 1, 6), 10, dtype=np.float32)
    terms = plain_terms(1, lead=0, shortage=1.0, holding=0.1)
    plain = plain_world(np.zeros((1, 3)), 1, terms, opening=np.zeros(1))
    stale = replace(plain, opening=np.array([[0.0, 20.0, 0.0]]))
    ours = OrderUpTo(Told(paths), seed=1)
    assert replay(stale, ours).ordered[0, 0] == 10.0
    rare = replace(plain, gap=np.array([[3, 0]]))
    assert replay(rare, ours).ordered[0, 0] == 30.0
    short = replace(rare, terms=replace(terms, shelf=np.array([1])))
    assert replay(short, ours).ordered[0, 0] == 10.0


def test_an_order_that_saves_less_than_it_costs_is_not_placed() -> None:
    paths = np.full((4, 1, 3), 10, dtype=np.float32)
    terms = plain_terms(1, lead=0, shortage=1.0, holding=0.1)
    dear = replace(terms, fixed=np.array([11.0]))
    for known, units in ((terms, 10.0), (dear, 0.0)):
        world = plain_world(np.zeros((1, 2)), 1, known, opening=np.zeros(1))
        assert replay(world, OrderUpTo(Told(paths), seed=1)).ordered[0, 0] == units


def test_a_series_nobody_can_forecast_is_left_alone() -> None:
    paths = np.full((4, 2, 3), 10, dtype=np.float32)
    paths[:, 0] = np.nan
    world = plain_world(np.zeros((2, 2)), 1, plain_terms(2, lead=0, shortage=1, holding=0.1), opening=np.zeros(2))
    assert replay(world, OrderUpTo(Told(paths), seed=1)).ordered[:, 0].tolist() == [0.0, 10.0]


def test_knowing_promotions_beforehand_is_worth_something() -> None:
    """Demand that a plan announces: the policy that reads it is cheaper than the best cover in hindsight."""
    random = np.random.default_rng(8)
    promoted = random.random((10, WEEKS + 3)) < 0.25
    sold = random.poisson(np.where(promoted[:, :WEEKS], 24.0, 6.0)).astype(np.float64)
    of = replace(panel(sold), drivers={"promotion": in_order(promoted.astype(np.float64))})
    world = _world(of)
    learn = replace(ROLLING, learnt=20)
    ours = tally(replay(world, OrderUpTo(rolled(of, range(WEEKS - WINDOW, WEEKS), learn), seed=5)))
    simple = [tally(replay(world, MovingAverage(cover))).cost.sum() for cover in (1.5, 2.0, 2.5, 3.0, 4.0)]
    assert ours.cost.sum() < min(simple)


def test_the_twin_asks_only_those_whose_review_it_is() -> None:
    world = plain_world(np.ones((2, 4)), 2, plain_terms(2, lead=0, shortage=1, holding=0), opening=np.zeros(2))
    rare = replace(world, gap=np.array([[1, 1], [0, 2]]))
    assert replay(rare, Always(3)).ordered.tolist() == [[3, 3], [0, 3]]
