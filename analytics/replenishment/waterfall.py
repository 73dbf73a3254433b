"""From stock on hand to the proposed quantity in steps that add up, to the thousandth of a unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Ints
from analytics.replenishment.plan import Plan
from analytics.replenishment.positions import Dated, Positions, thousandths

ALWAYS = frozenset({"on_hand", "demand"})
"""Steps that are shown although they are 0."""

STEPS = (
    "on_hand",
    "expired",
    "assumed",
    "reserved",
    "outgoing",
    "inbound",
    "coming",
    "demand",
    "expires_unsold",
    "lost_sales",
    "late_supply",
    "minimum_order",
    "case_multiple",
    "capacity",
    "supply_limit",
    "earlier_receipt",
)
"""What takes from the order has a minus: stock on hand, what comes. What adds to it has none: demand, what expires."""

BOUNDS = ("minimum_order", "case_multiple", "capacity", "supply_limit")


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Thousandths: lines × STEPS, and lines × (BOUNDS + 1), the quantity before the first bound and after each."""

    values: list[list[int]]
    limits: list[list[int]]
    moved: list[bool]

    def steps(self, line: int) -> Iterator[tuple[str, int]]:
        for name, units in zip(STEPS, self.values[line], strict=True):
            if units or name in ALWAYS:
                yield name, units

    def bounds(self, line: int) -> Iterator[tuple[str, int, int]]:
        """Those that bit; what limits an order does not limit a transfer."""
        told = [] if self.moved[line] else self.limits[line]
        for name, before, after in zip(BOUNDS, told, told[1:], strict=False):
            if before != after:
                yield name, before, after


def waterfall(plan: Plan, positions: Positions, lines: Ints) -> Waterfall:
    """The steps of some lines; they add up to the quantity because the last one of projection is their remainder."""
    rows, stock, seen, limits = plan.rows[lines], positions.stock, plan.outlook, plan.bounded
    moved = plan.transfer[lines]
    parts = {
        "on_hand": -thousandths(stock.on_hand[rows]),
        "expired": thousandths(stock.expired[rows]),
        "assumed": -seen.assumed[rows],
        "reserved": thousandths(stock.reserved[rows]),
        "outgoing": thousandths(stock.outgoing[rows]),
        "inbound": -_in_time(stock.inbound, positions, rows),
        "coming": -_in_time(stock.coming, positions, rows),
        "demand": seen.demand[rows],
        "expires_unsold": seen.with_waste[rows] - seen.demand[rows],
        "lost_sales": seen.with_lost[rows] - seen.with_waste[rows],
    }
    parts["late_supply"] = seen.need[rows] - sum(parts.values())
    told = np.stack([getattr(limits, name)[lines] for name in ("need", "at_least", "packed", "roomed", "supplied")], 1)
    steps = np.where(moved[:, None], 0, np.diff(told, axis=1))
    parts |= {name: steps[:, at] for at, name in enumerate(BOUNDS)}
    parts["earlier_receipt"] = np.where(moved, plan.quantity[lines] - seen.need[rows], 0)
    return Waterfall(np.stack([parts[name] for name in STEPS], 1).tolist(), told.tolist(), moved.tolist())


def _in_time(coming: Dated, positions: Positions, rows: Ints) -> Ints:
    """What arrives before the following receipt."""
    soon = coming.day < positions.window.following[coming.row]
    units = np.bincount(coming.row[soon], coming.units[soon], minlength=positions.size)
    return thousandths(units[rows].astype(np.float64))
