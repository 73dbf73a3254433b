"""A plan: which positions get an order or a transfer, how much, and which are left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.replenishment.bounded import Bounded, bounded
from analytics.replenishment.costs import Priced, priced, saving, worth
from analytics.replenishment.demand import Demand, Floats, Ints
from analytics.replenishment.outlook import Outlook, outlook
from analytics.replenishment.pausing import paused
from analytics.replenishment.positions import Flags, Limits, Packs, Positions, thousandths
from analytics.replenishment.projection import delays
from analytics.replenishment.reasons import Bits, Reason, marked
from analytics.replenishment.sharing import Claims, left_over
from analytics.replenishment.transfers import Offer, TransferTerms, Wanted, no_offers, offers


@dataclass(frozen=True, slots=True)
class Terms:
    """``paths``: how many each demand has. ``giver_level``: how sure a giver must be not to run out."""

    seed: int
    paths: int
    giver_level: float
    fairness_cap: float


@dataclass(frozen=True, slots=True)
class Plan:
    """``rows``: positions with a need. ``quantity``: thousandths to propose, 0 where the line is withheld for one of
    its ``reasons``; ``transfer``: whether it comes from ``offer.giver``. ``nothing``: the price of doing nothing;
    ``bought``: that of the order; ``paused``: that of pausing the promotion instead, NaN where none is planned;
    ``room``: thousandths that fit into each node when it comes. ``urgency``: yuan lost per day for as long as nothing
    is ordered, see :func:`worth`.
    """

    rows: Ints
    quantity: Ints
    transfer: Flags
    bounded: Bounded
    offer: Offer
    nothing: Priced
    bought: Priced
    paused: Priced
    urgency: Floats
    reasons: Bits
    outlook: Outlook
    room: Ints


def planned(
    positions: Positions, demands: Sequence[Demand], terms: Terms, transfers: TransferTerms | None = None
) -> Plan:
    """Plan every position whose demand is told. The same input gives the same plan.

    What is coming by proposals counts as supply, of a node's room and of a source's week, too: the plan that is made
    after everything of this one was approved proposes nothing.
    """
    late = delays(terms.paths, terms.seed)
    seen = outlook(positions, demands, late, giver_level=terms.giver_level)
    positions = replace(positions, room=_room(positions, seen))
    rows = np.flatnonzero(seen.need > 0)
    claims = _claims(positions, seen, rows)
    limits = bounded(claims, positions.room.some(rows), positions.supply.some(rows), fairness_cap=terms.fairness_cap)
    worthless = _below_fixed_cost(positions, seen, rows, limits.supplied)
    ordered = np.where(worthless, 0, limits.supplied)
    nothing, bought = _prices(positions, seen, rows, ordered)
    cheaper_than = np.where(ordered > 0, bought.cost, nothing.cost)
    offer = _offers(positions, seen, demands, terms, transfers, rows, ordered, cheaper_than)
    moved = offer.taken
    return Plan(
        rows=rows,
        quantity=np.where(moved, offer.units, ordered),
        transfer=moved,
        bounded=limits,
        offer=offer,
        nothing=nothing,
        bought=bought,
        paused=paused(positions, demands, late, rows, seen.mean[rows]),
        urgency=_urgency(positions, seen, rows),
        reasons=positions.reasons[rows] | np.where(moved, 0, _reasons(limits, worthless)),
        outlook=seen,
        room=positions.room.left,
    )


def _room(positions: Positions, seen: Outlook) -> Limits:
    """What is sold before the receipt makes room for what comes with it."""
    group = positions.room.group
    limited = group >= 0
    sold = np.bincount(group[limited], seen.sold_before[limited], minlength=len(positions.room.left))
    return Limits(group, positions.room.left + thousandths(sold.astype(np.float64)))


def _claims(positions: Positions, seen: Outlook, rows: Ints) -> Claims:
    packs = Packs(positions.packs.moq[rows], positions.packs.multiple[rows])
    return Claims(seen.need[rows], packs, seen.needs_of(rows), worth(positions.money)[rows], positions.priority[rows])


def _below_fixed_cost(positions: Positions, seen: Outlook, rows: Ints, units: Ints) -> Flags:
    """Lines of orders that save less than the order itself costs; an order with a line of unknown worth is kept."""
    lines = units > 0
    saved = saving(positions, rows, seen.needs_of(rows), units / 1000)
    group = positions.order_group[rows]
    total = np.bincount(group[lines], np.nan_to_num(saved[lines], nan=np.inf), minlength=int(group.max(initial=-1)) + 1)
    fixed = np.nan_to_num(positions.money.fixed[rows], nan=0.0)
    return np.asarray(lines & (total[group] < fixed))


def _prices(positions: Positions, seen: Outlook, rows: Ints, units: Ints) -> tuple[Priced, Priced]:
    """Of doing nothing, and of ordering; the lines of an order share what it costs.

    Freight is that of what is sold before the following receipt: what is left need not be carried by a later order.
    """
    before, needs = seen.lost_before[rows], seen.needs_of(rows)
    nothing = priced(positions, rows, needs, np.zeros(len(rows)), before=before, freight=np.zeros(len(rows)))
    group = positions.order_group[rows]
    lines = np.maximum(np.bincount(group[units > 0], minlength=int(group.max(initial=-1)) + 1)[group], 1)
    share = np.where(units > 0, np.nan_to_num(positions.money.fixed[rows], nan=0.0) / lines, 0.0)
    none = np.zeros(len(rows))
    sold = units / 1000 - left_over(needs, units / 1000) + left_over(needs, none)
    freight = positions.money.freight[rows] * sold + share
    return nothing, priced(positions, rows, needs, units / 1000, before=before, freight=freight)


def _offers(
    positions: Positions, seen: Outlook, demands: Sequence[Demand], terms: Terms, transfers: TransferTerms | None,
    rows: Ints, ordered: Ints, cheaper_than: Floats,
) -> Offer:  # fmt: skip
    if transfers is None:
        return no_offers(rows)
    wanted = Wanted(rows, cheaper_than, ordered)
    return offers(positions, seen, demands, delays(terms.paths, terms.seed), transfers, wanted)


def _urgency(positions: Positions, seen: Outlook, rows: Ints) -> Floats:
    """What is lost between the receipt and the following one without an order, per day of it."""
    days = np.maximum(positions.window.following[rows] - positions.window.receipt[rows], 1)
    return np.asarray(worth(positions.money)[rows] * seen.lost_after[rows] / days)


def _reasons(limits: Bounded, worthless: Flags) -> Bits:
    return np.asarray(
        marked(Reason.MOQ_FORCED, limits.forced)
        | marked(Reason.BELOW_MOQ, limits.below)
        | marked(Reason.CAPACITY, (limits.roomed < limits.packed) & ~limits.forced)
        | marked(Reason.LIMITED_SUPPLY, limits.supplied < limits.roomed)
        | marked(Reason.FIXED_COST, worthless)
    )
