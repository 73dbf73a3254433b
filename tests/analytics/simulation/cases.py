"""Small worlds, drawn at random or written out, and a twin that keeps every lot in a list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from analytics.forecasting.contract import Floats
from analytics.replenishment.positions import Packs
from analytics.simulation.policy import Policy, Seen
from analytics.simulation.world import NEVER, World, delays, plain_terms

START = 6


@dataclass(frozen=True, slots=True)
class Always:
    """Orders so much every evening, whatever it sees."""

    units: float
    name: str = "always"

    def order(self, seen: Seen) -> Floats:
        return np.full(len(seen.rows), self.units)


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 4) -> World:
    """Several series under every kind of trouble: lots, late and held-back deliveries, gaps, packs, unknown demand."""
    size, periods = draw(st.integers(1, most)), draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    demand = random.poisson(draw(st.sampled_from((0.3, 4.0))), (size, START + periods)).astype(np.float64)
    demand[random.random(demand.shape) < 0.1] = np.nan
    terms = plain_terms(size, lead=0, shortage=3.0, holding=0.5)
    spread = random.choice((0.0, 1.5), size)
    terms = replace(
        terms,
        lead=random.integers(0, 4, size),
        spread=spread,
        shelf=random.choice((1, 2, 5, NEVER), size),
        packs=Packs(random.choice((0, 7_000), size), random.choice((10, 1_000, 6_000), size)),
        group=random.integers(0, 2, size),
        cost=random.random(size) * 5,
        freight=random.random(size),
        fixed=random.choice((0.0, 4.0), size),
    )
    opening = random.poisson(2.0, (size, periods + 1)) * (random.random((size, periods + 1)) < 0.3)
    inbound = random.poisson(3.0, (size, periods)) * (random.random((size, periods)) < 0.2)
    return World(
        demand=demand,
        start=START,
        terms=terms,
        gap=np.where(random.random((size, periods)) < 0.6, random.integers(1, 4, (size, periods)), 0),
        delay=delays(spread, periods, 7),
        open=random.random((size, periods)) < 0.8,
        opening=opening.astype(np.float64),
        inbound=inbound.astype(np.float64),
    )


@dataclass(slots=True)
class Slow:
    """Per period: sold, lost, wasted, stock; of one series."""

    sold: list[float]
    lost: list[float]
    wasted: list[float]
    stock: list[float]


def slowly(world: World, row: int, ordered: Floats) -> Slow:
    """One series, one lot after the other; ``ordered``: units placed each evening."""
    terms = world.terms
    lots: dict[int, float] = defaultdict(float)
    for expires, units in enumerate(world.opening[row]):
        lots[NEVER if expires == world.periods else expires] += units
    coming: dict[int, float] = defaultdict(float)

    def send(when: int, units: float) -> None:
        while when < world.periods and not world.open[row, when]:
            when += 1
        coming[when] += units

    for when, units in enumerate(world.inbound[row]):
        send(when, units)
    slow = Slow([], [], [], [])
    for period in range(world.periods):
        slow.wasted.append(sum(units for expires, units in lots.items() if expires <= period))
        lots = defaultdict(float, {expires: units for expires, units in lots.items() if expires > period})
        lots[period + int(terms.shelf[row])] += coming[period]
        wanted = float(world.wanted[row, period])
        sold = 0.0
        for expires in sorted(lots):
            taken = min(lots[expires], wanted - sold)
            lots[expires] -= taken
            sold += taken
        slow.sold.append(sold)
        slow.lost.append(wanted - sold)
        slow.stock.append(sum(lots.values()))
        send(period + 1 + int(terms.lead[row]) + int(world.delay[row, period]), float(ordered[row, period]))
    return slow


@dataclass(slots=True)
class Watching:
    """Passes questions on and keeps them."""

    asked: Policy
    seen: list[Seen]
    said: list[Floats]
    name: str = "watching"

    def order(self, seen: Seen) -> Floats:
        said = self.asked.order(seen)
        self.seen.append(seen)
        self.said.append(said)
        return said
