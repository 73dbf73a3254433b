"""What a replay is played on: true demand, lanes, costs and the stock that it begins with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Floats, Ints
from analytics.replenishment.positions import Packs

NEVER = 1_000_000
"""Periods that goods last which do not expire."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What policies know of every series, N of each.

    ``lead``: whole periods between the evening of an order and the morning of its receipt; ``spread``: standard
    deviation of that; ``shelf``: periods in which a received unit can be sold; ``group``: series that share one
    order, whose ``fixed`` yuan they split. Yuan per unit: ``shortage`` of one that is not sold, ``holding`` of one that
    is kept for a period, ``cost`` of one that is thrown away, ``freight`` of one that is ordered.
    ``service``: share of futures that an order should suffice in where ``by_service`` or where costs are unknown.
    """

    lead: Ints
    spread: Floats
    shelf: Ints
    packs: Packs
    group: Ints
    shortage: Floats
    holding: Floats
    cost: Floats
    freight: Floats
    fixed: Floats
    service: Floats
    by_service: np.ndarray

    def some(self, rows: Ints) -> Terms:
        packs = Packs(self.packs.moq[rows], self.packs.multiple[rows])
        columns = {name: getattr(self, name)[rows] for name in self.__slots__ if name != "packs"}
        return Terms(packs=packs, **columns)


def plain_terms(size: int, *, lead: int, shortage: float, holding: float) -> Terms:
    """Terms of goods that last, in single units, whose order costs nothing but the units."""
    ones, none = np.ones(size), np.zeros(size)
    return Terms(
        lead=np.full(size, lead),
        spread=none,
        shelf=np.full(size, NEVER),
        packs=Packs(np.zeros(size, dtype=np.int64), np.full(size, 10, dtype=np.int64)),
        group=np.arange(size),
        shortage=shortage * ones,
        holding=holding * ones,
        cost=none,
        freight=none,
        fixed=none,
        service=0.95 * ones,
        by_service=np.zeros(size, dtype=np.bool_),
    )


@dataclass(frozen=True, slots=True)
class World:
    """N series, a history of P periods and a window of T periods after it.

    ``demand``: N × (P + T); NaN where nothing is known, and then nothing is wanted. ``gap``: N × T, periods from this
    evening's review to the next one, 0 on evenings without a review. ``delay``: N × T, periods by which an order of
    that evening comes later than its lead time says, known to nobody before; ``open``: N × T, whether deliveries reach
    the series that morning. ``opening``: N × (T + 1) units at the start by the period in whose morning they expire, the
    last column for those that outlast the window; ``inbound``: N × T units under way, by the morning they come.
    """

    demand: Floats
    start: int
    terms: Terms
    gap: Ints
    delay: Ints
    open: np.ndarray
    opening: Floats
    inbound: Floats

    def __post_init__(self) -> None:
        size, periods = self.demand.shape[0], self.periods
        if self.start < 1 or periods < 1:
            raise DomainError("twin_no_history", start=self.start, periods=self.demand.shape[1])
        shapes = {"gap": periods, "delay": periods, "open": periods, "opening": periods + 1, "inbound": periods}
        for name, width in shapes.items():
            if getattr(self, name).shape != (size, width):
                raise DomainError("twin_shape", array=name, given=getattr(self, name).shape, wanted=(size, width))

    @property
    def size(self) -> int:
        return int(self.demand.shape[0])

    @property
    def periods(self) -> int:
        return int(self.demand.shape[1]) - self.start

    @property
    def wanted(self) -> Floats:
        """Demand of the window, N × T; nothing where nothing is known."""
        return np.nan_to_num(self.demand[:, self.start :])


def plain_world(demand: Floats, start: int, terms: Terms, *, opening: Floats) -> World:
    """Reviewed every period, deliveries on time, ``opening`` units (N) that last, nothing under way."""
    size, periods = demand.shape[0], demand.shape[1] - start
    lots = np.zeros((size, periods + 1))
    lots[:, -1] = opening
    return World(
        demand=demand,
        start=start,
        terms=terms,
        gap=np.ones((size, periods), dtype=np.int64),
        delay=np.zeros((size, periods), dtype=np.int64),
        open=np.ones((size, periods), dtype=np.bool_),
        opening=lots,
        inbound=np.zeros((size, periods)),
    )


def delays(spread: Floats, periods: int, seed: int) -> Ints:
    """How late orders of each evening come, N × T: rounded normal, never early; the same for every policy."""
    drawn = np.random.default_rng(seed).standard_normal((len(spread), periods))
    return np.maximum(np.rint(spread[:, None] * drawn), 0.0).astype(np.int64)
