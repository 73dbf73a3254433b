"""Small plans for tests: positions with whole days and whole units, and worlds of them drawn at random."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from analytics.replenishment.demand import Demand, Pause, loaded
from analytics.replenishment.plan import Plan, Terms, planned
from analytics.replenishment.positions import Dated, Limits, Money, Packs, Positions, Stock, Window, dated

PATHS, DAYS = 8, 16
TERMS = Terms(seed=1, paths=PATHS, giver_level=0.95, fairness_cap=0.2)


@dataclass(frozen=True)
class One:
    """One position: units, and days after the day of the plan. ``demand``: paths × days. ``share`` of it stays, and a
    unit is dearer by ``markdown``, if its promotion is paused."""

    demand: np.ndarray
    on_hand: float = 0
    expired: float = 0
    reserved: float = 0
    lots: tuple[tuple[int, float], ...] = ()
    inbound: tuple[tuple[int, float], ...] = ()
    coming: tuple[tuple[int, float], ...] = ()
    outgoing: float = 0
    order: int = 1
    receipt: int = 3
    following: int = 8
    spread: float = 0.0
    level: float = 0.9
    moq: int = 0
    multiple: int = 1
    node: str = "N0"
    sku: str = "R5"
    source: str = "S"
    shortage: float = 4.0
    cost: float = 10.0
    fixed: float = 0.0
    freight: float = 0.0
    counted: bool = True
    share: float = 1.0
    markdown: float = 0.0


@dataclass(frozen=True)
class Case:
    """Positions with a room per node and a supply per source, as far as they are named."""

    ones: tuple[One, ...]
    room: dict[str, float] = field(default_factory=dict)
    supply: dict[str, float] = field(default_factory=dict)

    @property
    def positions(self) -> Positions:
        ones = self.ones
        orders = sorted({(one.source, one.node, one.order) for one in ones})
        return Positions(
            node=texts([one.node for one in ones]),
            sku=texts([one.sku for one in ones]),
            source=texts([one.source for one in ones]),
            stock=Stock(
                on_hand=column(ones, "on_hand"),
                expired=column(ones, "expired"),
                reserved=column(ones, "reserved"),
                outgoing=column(ones, "outgoing"),
                counted=np.array([one.counted for one in ones]),
                empty=np.zeros(len(ones), dtype=bool),
                lots=_dated(ones, "lots"),
                inbound=_dated(ones, "inbound"),
                coming=_dated(ones, "coming"),
            ),
            window=Window(
                order=whole(ones, "order"),
                receipt=whole(ones, "receipt"),
                following=whole(ones, "following"),
                spread=column(ones, "spread"),
                following_spread=column(ones, "spread"),
            ),
            money=Money(
                cost=column(ones, "cost"),
                price=column(ones, "cost") + column(ones, "shortage"),
                shortage=column(ones, "shortage"),
                holding=column(ones, "cost") * 0.2 / 365,
                freight=column(ones, "freight"),
                fixed=column(ones, "fixed"),
            ),
            packs=Packs(whole(ones, "moq") * 1000, whole(ones, "multiple") * 1000),
            room=_limits([one.node for one in ones], self.room),
            supply=_limits([one.source for one in ones], self.supply),
            order_group=np.array([orders.index((one.source, one.node, one.order)) for one in ones]),
            level=column(ones, "level"),
            priority=np.zeros(len(ones)),
            reasons=np.zeros(len(ones), dtype=np.int64),
        )

    @property
    def demand(self) -> list[Demand]:
        units = np.stack([one.demand.T for one in self.ones]).astype(np.float32)
        share, markdown = (
            np.repeat(column(self.ones, name)[:, None], units.shape[1], axis=1) for name in ("share", "markdown")
        )
        pause = Pause(share, markdown) if (share < 1).any() else None
        return [loaded(np.arange(len(self.ones)), np.arange(1.0, units.shape[1] + 1), units, pause)]

    def plan(self, **more: Any) -> Plan:
        return planned(self.positions, self.demand, TERMS, **more)

    def quantities(self) -> list[float]:
        """Units proposed for each position."""
        plan = self.plan()
        found = np.zeros(len(self.ones))
        found[plan.rows] = plan.quantity / 1000
        return [float(units) for units in found]

    def approved(self) -> Case:
        """The same day once everything that was proposed counts as coming."""
        units = self.quantities()
        ones = [
            replace(one, coming=(*one.coming, *(((one.receipt, got),) if got else ())))
            for one, got in zip(self.ones, units, strict=True)
        ]
        room, supply = dict(self.room), dict(self.supply)
        for one, got in zip(self.ones, units, strict=True):
            for left, name in ((room, one.node), (supply, one.source)):
                if name in left:
                    left[name] -= got
        return Case(tuple(ones), room, supply)


def texts(values: list[str]) -> np.ndarray:
    return np.array(values, dtype=object)


def column(ones: tuple[One, ...], name: str) -> np.ndarray:
    return np.array([getattr(one, name) for one in ones], dtype=float)


def whole(ones: tuple[One, ...], name: str) -> np.ndarray:
    return np.array([getattr(one, name) for one in ones], dtype=np.int64)


def _dated(ones: tuple[One, ...], name: str) -> Dated:
    rows = [(row, day, units) for row, one in enumerate(ones) for day, units in getattr(one, name)]
    row, day, held = np.array(rows, dtype=float).reshape(-1, 3).T
    return dated(row, day, held)


def _limits(names: list[str], left: dict[str, float]) -> Limits:
    known = sorted(left)
    group = [known.index(name) if name in left else -1 for name in names]
    return Limits(np.array(group), np.array([round(left[name] * 1000) for name in known], dtype=np.int64))


units = st.integers(0, 30)
days = st.integers(1, DAYS)


@st.composite
def ones(draw: st.DrawFn, /, **fixed: Any) -> One:
    """A position whose stock, lots and deliveries are anything that can be."""
    seed = draw(st.integers(0, 10_000))
    mean = draw(st.sampled_from([0.3, 2.0, 7.0]))
    order = draw(st.integers(1, 4))
    receipt = order + draw(st.integers(0, 4))
    lots = draw(st.lists(st.tuples(days, units), max_size=3))
    expired = draw(st.integers(0, 5))
    drawn: dict[str, Any] = {
        "demand": np.random.default_rng(seed).poisson(mean, (PATHS, DAYS)),
        "lots": tuple(lots),
        "expired": expired,
        "on_hand": sum(held for _, held in lots) + expired + draw(units),
        "reserved": draw(st.integers(0, 8)),
        "inbound": tuple(draw(st.lists(st.tuples(days, units), max_size=3))),
        "order": order,
        "receipt": receipt,
        "following": receipt + draw(st.integers(1, 6)),
        "spread": draw(st.sampled_from([0.0, 0.0, 1.5])),
        "level": draw(st.sampled_from([0.5, 0.8, 0.95, 0.999])),
        "moq": draw(st.sampled_from([0, 0, 12, 50])),
        "multiple": draw(st.sampled_from([1, 1, 6, 10])),
    }
    return One(**{**drawn, **fixed})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A few positions that share rooms and sources."""
    many = draw(st.integers(1, 5))
    found = [
        draw(ones(node=draw(st.sampled_from(["N0", "N1"])), source=draw(st.sampled_from(["S", "T"])), sku=f"R{number}"))
        for number in range(many)
    ]
    room = draw(st.dictionaries(st.sampled_from(["N0", "N1"]), st.integers(-30, 80)))
    supply = draw(st.dictionaries(st.sampled_from(["S", "T"]), st.integers(0, 80)))
    left = [{name: float(units) for name, units in one.items()} for one in (room, supply)]
    return Case(tuple(found), *left)
