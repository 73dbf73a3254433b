"""A neighbour's surplus as an answer to a shortage: never a new shortage there, never stock that expires on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.replenishment.costs import Priced, priced
from analytics.replenishment.demand import Demand, Floats, Ints
from analytics.replenishment.outlook import Outlook
from analytics.replenishment.positions import Flags, Positions, Window, thousandths
from analytics.replenishment.projection import Delays, projected


@dataclass(frozen=True, slots=True)
class TransferTerms:
    """``taker``/``giver``: positions of one SKU that may help each other, nearest giver first. A transfer ``leaves`` so
    many days after the plan's day at the earliest and is ``days`` on the way; ``fixed``: yuan per transfer,
    ``freight``: yuan per unit by position; the least units and yuan that are worth it.
    """

    taker: Ints
    giver: Ints
    leaves: int
    days: int
    fixed: float
    freight: Floats
    least_units: float
    least_amount: float


@dataclass(frozen=True, slots=True)
class Offer:
    """The best transfer to each of ``rows``: from ``giver`` (−1: none that suffices), ``units`` in thousandths.

    ``taken``: whether it beats the other answers; one that does not is only told.
    """

    rows: Ints
    giver: Ints
    taken: Flags
    units: Ints
    receipt: Ints
    priced: Priced


@dataclass(frozen=True, slots=True)
class Wanted:
    """Positions with a need, what the best other answer costs (yuan), and what is ordered there otherwise (thousandths,
    which takes room that a transfer would need).
    """

    rows: Ints
    cheaper_than: Floats
    ordered: Ints


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a taker wants of a transfer, which arrives earlier than an order and has to last as long."""

    window: Window
    units: Ints
    priced: Priced
    place: Ints


def offers(
    positions: Positions, outlook: Outlook, demands: Sequence[Demand], late: Delays, terms: TransferTerms,
    wanted: Wanted,
) -> Offer:  # fmt: skip
    """The transfers that there could be; those that cost less than the other answers are taken, the greatest saving
    first.

    A transfer covers the whole need or is none: what would be left to buy would come in a card of its own.
    """
    rows = wanted.rows
    found = no_offers(rows)
    taking = np.intersect1d(rows, terms.taker)
    if not len(taking):
        return found
    asked, of = _asked(positions, demands, late, terms, taking), np.full(positions.size, -1, dtype=np.int64)
    of[rows] = np.arange(len(rows))
    gain = np.nan_to_num(wanted.cheaper_than[of[taking]] - asked.priced.cost[asked.place[taking]], nan=0.0)
    spare, room, pairs = outlook.spare.copy(), _room(positions, wanted), _pairs(terms)
    for row, saved in sorted(zip(taking.tolist(), gain.tolist(), strict=True), key=lambda one: (-one[1], one[0])):
        at, place = int(asked.place[row]), int(of[row])
        units, group = int(asked.units[at]), int(positions.room.group[row])
        fits = group < 0 or units <= room[group] + wanted.ordered[place]
        if not fits or not _worth_while(positions, terms, row, units):
            continue
        giver = _giver(positions, spare, pairs.get(row, ()), units, int(asked.window.following[row]))
        if giver is None:
            continue
        if saved > 0:
            found.taken[place] = True
            spare[giver] -= units
            if group >= 0:
                room[group] += wanted.ordered[place] - units
        found.giver[place], found.units[place], found.receipt[place] = giver, units, asked.window.receipt[row]
        found.priced.cost[place], found.priced.lost[place] = asked.priced.cost[at], asked.priced.lost[at]
    return found


def no_offers(rows: Ints) -> Offer:
    blank, unknown = np.zeros((2, len(rows)), dtype=np.int64), np.full((2, len(rows)), np.nan)
    nobody, no = np.full(len(rows), -1, dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    return Offer(rows, nobody, no, blank[0], blank[1], Priced(unknown[0], unknown[1]))


def _room(positions: Positions, wanted: Wanted) -> Ints:
    """What the orders of this plan leave of the room at each node."""
    group = positions.room.group[wanted.rows]
    limited = group >= 0
    taken = np.bincount(group[limited], wanted.ordered[limited], minlength=len(positions.room.left))
    return positions.room.left - taken.astype(np.int64)


def _asked(positions: Positions, demands: Sequence[Demand], late: Delays, terms: TransferTerms, taking: Ints) -> _Asked:
    receipt = np.full(positions.size, terms.leaves + terms.days, dtype=np.int64)
    window = replace(
        positions.window,
        order=np.full(positions.size, terms.leaves, dtype=np.int64),
        receipt=receipt,
        following=np.maximum(positions.window.following, receipt),
        spread=np.zeros(positions.size),
    )
    moved = replace(positions, window=window)
    place = np.full(positions.size, -1, dtype=np.int64)
    units, cost, lost = [], [], []
    count = 0
    for demand in demands:
        for rows, one in projected(moved, demand.of(taking), late):
            # Whole units: a transfer need not be whole cases.
            need = -(-np.maximum(one.need, 0) // 1000) * 1000
            freight = terms.fixed + terms.freight[rows] * need / 1000
            told = priced(moved, rows, one.needs, need / 1000, before=one.lost_before, freight=freight)
            place[rows] = count + np.arange(len(rows))
            count += len(rows)
            units.append(need)
            cost.append(told.cost)
            lost.append(told.lost)
    return _Asked(window, np.concatenate(units), Priced(np.concatenate(cost), np.concatenate(lost)), place)


def _worth_while(positions: Positions, terms: TransferTerms, row: int, units: int) -> bool:
    amount = positions.money.cost[row] * units / 1000
    return bool(units > 0 and units >= terms.least_units * 1000 and amount >= terms.least_amount)


def _giver(positions: Positions, spare: Ints, near: Sequence[int], units: int, until: int) -> int | None:
    """The nearest that can give all of it from lots that outlast the time for which it is meant."""
    for giver in near:
        if spare[giver] >= units and _lasting(positions, giver, until) >= units:
            return giver
    return None


def _lasting(positions: Positions, giver: int, until: int) -> int:
    """Thousandths on hand, net of promises, that can still be sold on the day ``until``."""
    lots = positions.stock.lots
    first, last = np.searchsorted(lots.row, giver, "left"), np.searchsorted(lots.row, giver, "right")
    brief = lots.units[first:last][lots.day[first:last] <= until].sum()
    return int(thousandths(np.array([positions.stock.free[giver] - brief]))[0])


def _pairs(terms: TransferTerms) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for taker, giver in zip(terms.taker.tolist(), terms.giver.tolist(), strict=True):
        found.setdefault(taker, []).append(giver)
    return found
