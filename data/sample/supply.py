"""How goods travel in the demo world: people order what they think they need, suppliers ship what they have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from data.sample.assortment import Assortment
from data.sample.cells import Pairs
from data.sample.nodes import NONE, Nodes
from data.sample.shelves import RECEIPT, TRANSFER, Moves, Shelves, moves, split
from data.sample.supply_parameters import DEALER, PLANT, SHOP, SUPERMARKET, SupplyParameters


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Delivery lines of one lot each as parallel arrays; ``asked`` counts what was ordered on the line, ``units`` what
    was sent. ``due`` is the promised day, ``arrives`` the day it came.
    """

    document: np.ndarray
    pair: np.ndarray
    source: np.ndarray
    lot: np.ndarray
    ordered: np.ndarray
    asked: np.ndarray
    units: np.ndarray
    due: np.ndarray
    arrives: np.ndarray


class Supply:
    """The state of the chain: what people remember, what is on its way, when plants make what."""

    def __init__(
        self, rng: np.random.Generator, pairs: Pairs, places: Nodes, goods: Assortment, shelves: Shelves,
        parameters: SupplyParameters, *, expected: np.ndarray, days: int,
    ) -> None:  # fmt: skip
        self.rng = rng
        self.pairs = pairs
        self.places = places
        self.shelves = shelves
        self.parameters = parameters
        self.kg = goods.kg
        self.case = goods.case[pairs.sku]
        self.rate = _up_the_tree(expected, pairs)
        self.on_order = np.zeros(len(pairs.node), dtype=np.int64)
        self.arriving: defaultdict[int, list[Deliveries]] = defaultdict(list)
        self.documents = 0
        reviewed = np.array([7.0 / int(bits).bit_count() for bits in places.weekdays])
        habit = np.array([one.cover for one in parameters.echelons])[pairs.level] * places.skill[pairs.node]
        self.horizon = (places.lead + reviewed)[pairs.node]
        self.cover = self.horizon + habit
        misjudged = (rng.random(len(self.cover)) < parameters.misjudged) & np.isin(pairs.level, [DEALER, SHOP])
        self.cover *= np.where(misjudged, rng.uniform(*parameters.misjudged_cover, len(self.cover)), 1.0)
        self.stuffs = (places.level == DEALER) & (places.quality < parameters.stuffs_below)
        early = np.array([one.early for one in parameters.echelons])[pairs.level]
        self.active_from, self.active_to = pairs.from_day - early, pairs.to_day - 8
        self.interval = np.maximum(6, goods.life // parameters.lots_per_life)
        self.offset = rng.integers(0, self.interval)
        self.skipped = _disruptions(rng, goods, parameters, days)
        self.made_by = pairs.of[places.at(PLANT)[goods.plant], np.arange(len(goods.sku))]

    # -- a day's three acts -------------------------------------------------------------------------------------------

    def receive(self, day: int) -> tuple[Deliveries | None, Moves | None]:
        """What arrives this morning is put on the shelves."""
        waiting = self.arriving.pop(day, None)
        if waiting is None:
            return None, None
        came = _joined(waiting)
        self.shelves.put(came.pair, came.lot, came.units)
        np.subtract.at(self.on_order, came.pair, came.units)
        booked = moves(day, RECEIPT, came.pair, came.lot, came.units,
                       other=self.pairs.node[came.source], document=came.document)  # fmt: skip
        return came, booked

    def make(self, day: int, ahead: np.ndarray) -> Moves | None:
        """Plants make a batch of each SKU whose turn it is; ``ahead``: expected demand of the coming weeks by SKU
        against the present, as a planner sees it.
        """
        due = np.flatnonzero(((day - self.offset) % self.interval == 0) & ~self.skipped[:, max(day, 0)])
        due = due[(self.made_by[due] != NONE)]
        due = due[day >= self.active_from[self.made_by[due]]]
        if not len(due):
            return None
        rows = self.made_by[due]
        wanted = self.rate[rows] * (self.interval[due] * self.parameters.batch_cover + self.cover[rows]) * ahead[due]
        short = wanted - self.shelves.usable(rows)
        # Full pallets where much is made, cases otherwise.
        lot = self.case[rows] * np.where(short > 40 * self.case[rows], 10, 1)
        batch = np.ceil(np.clip(short, 0, None) / lot).astype(np.int64) * lot
        made = batch > 0
        for sku in due[made].tolist():
            self.shelves.add_lot(sku, day)
        rows, batch = rows[made], batch[made]
        lot = self.shelves.newest[due[made]]
        self.shelves.put(rows, lot, batch)
        return moves(day, RECEIPT, rows, lot, batch) if len(rows) else None

    def order(
        self, day: int, weekday: int, ahead: np.ndarray, *, quarter_ends: bool
    ) -> tuple[Deliveries | None, Moves | None]:
        """Nodes whose order day it is order up to what they think they need; the goods leave the same evening."""
        turn = (self.places.weekdays >> weekday & 1).astype(bool) & (
            self.rng.random(len(self.places.code)) > self.places.forgotten
        )
        turn &= self.places.level != PLANT
        rows = np.flatnonzero(turn[self.pairs.node] & (self.active_from <= day) & (day < self.active_to))
        foresight = 1 + self.parameters.foresight * (ahead[self.pairs.sku[rows]] - 1)
        expected = self.rate[rows] * foresight
        position = self.shelves.usable(rows) + self.on_order[rows]
        pushed = np.where(quarter_ends & self.stuffs[self.pairs.node[rows]], 1 + self.parameters.stuffing, 1.0)
        cover = self.cover[rows] * pushed
        target = expected * cover + np.where(self.pairs.level[rows] >= SHOP, 1.0, 2.0)
        trigger = expected * (self.horizon[rows] + 0.35 * (cover - self.horizon[rows])) + 0.5
        wanted = np.where(position <= trigger, target - position, 0)
        case = np.where(self.pairs.level[rows] >= SHOP, np.ceil(self.case[rows] / 2), self.case[rows])
        asked = (np.ceil(np.clip(wanted, 0, None) / case) * case).astype(np.int64)
        chosen = asked > 0
        return self.ship(day, rows[chosen], self.pairs.source[rows[chosen]], asked[chosen])

    def clear(self, day: int) -> tuple[Deliveries | None, Moves | None]:
        """What is left in shops that have closed goes back to who supplied them."""
        rows = np.flatnonzero((self.pairs.level == SHOP) & (day >= self.pairs.to_day))
        rows = rows[self.shelves.usable(rows) > 0]
        return self.ship(day, self.pairs.source[rows], rows, self.shelves.usable(rows))

    def ship(
        self, day: int, to: np.ndarray, source: np.ndarray, asked: np.ndarray
    ) -> tuple[Deliveries | None, Moves | None]:
        """Send what is there; when it is too little, who comes first gets it, and chance says who that is."""
        order = np.lexsort((self.rng.random(len(to)), source))
        to, source, asked = to[order], source[order], asked[order]
        rows, row = np.unique(source, return_inverse=True)
        before = np.cumsum(asked) - asked
        before -= before[np.searchsorted(row, np.arange(len(rows)))][row] if len(rows) else 0
        sent = np.clip(self.shelves.usable(rows)[row] - before, 0, asked)
        some = sent > 0
        to, source, asked, row, sent = to[some], source[some], asked[some], row[some], sent[some]
        if not len(to):
            return None, None
        taken = self._pick(rows, np.bincount(row, sent, minlength=len(rows)).astype(np.int64))
        parts = split(row, sent, taken)
        return self._send(day, to, source, asked, sent, parts.claim, parts.slot, parts.units)

    def _pick(self, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
        careless = self.rng.random(len(rows)) > self.places.fefo[self.pairs.node[rows]]
        return self.shelves.take(rows, units, newest_first=careless)

    def _send(
        self, day: int, to: np.ndarray, source: np.ndarray, asked: np.ndarray, sent: np.ndarray,
        claim: np.ndarray, slot: np.ndarray, units: np.ndarray,
    ) -> tuple[Deliveries, Moves]:  # fmt: skip
        node = self.pairs.node[to]
        asking, which = np.unique(node, return_inverse=True)
        numbers = self.documents + 1 + np.arange(len(asking))
        self.documents += len(asking)
        spread = np.array([one.spread for one in self.parameters.echelons])[self.places.level[asking]]
        lead = np.maximum(self.places.lead[asking], 1.0)
        days = np.maximum(1, np.rint(self.rng.gamma((lead / spread) ** 2, spread**2 / lead))).astype(int)
        lot = self.shelves.lot(source[claim], slot)
        first = np.diff(claim, prepend=-1) != 0
        # What could not be sent stands on the first line of each order, and never comes.
        line_asked = units + np.where(first, (asked - sent)[claim], 0)
        made = Deliveries(
            document=numbers[which][claim],
            pair=to[claim],
            source=source[claim],
            lot=lot,
            ordered=np.full(len(claim), day),
            asked=line_asked,
            units=units,
            due=day + np.ceil(lead).astype(int)[which][claim],
            arrives=day + days[which][claim],
        )
        np.add.at(self.on_order, made.pair, made.units)
        for when in np.unique(made.arrives).tolist():
            self.arriving[when].append(_where(made, made.arrives == when))
        left = moves(day, TRANSFER, made.source, lot, -units, other=node[claim], document=made.document)
        return made, left

    def remember(self, day: int, gone: np.ndarray) -> None:
        """People remember what left the shelf, not what was asked for in vain."""
        seen = (day >= self.pairs.from_day + 3) & (day < self.pairs.to_day)
        self.rate += np.where(seen, (gone - self.rate) / self.parameters.memory, 0.0)


def _joined(parts: list[Deliveries]) -> Deliveries:
    names = Deliveries.__dataclass_fields__
    return Deliveries(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _where(made: Deliveries, chosen: np.ndarray) -> Deliveries:
    return Deliveries(*(getattr(made, name)[chosen] for name in Deliveries.__dataclass_fields__))


def _up_the_tree(expected: np.ndarray, pairs: Pairs) -> np.ndarray:
    """What each pair hands out a day: its own sales and what those below it need."""
    rate = expected.astype(float).copy()
    for level in range(SUPERMARKET, 0, -1):
        rows = np.flatnonzero(pairs.level == level)
        np.add.at(rate, pairs.source[rows], rate[rows])
    return rate


def _disruptions(rng: np.random.Generator, goods: Assortment, parameters: SupplyParameters, days: int) -> np.ndarray:
    """SKU × day: whether a plant stands still; each time for about one batch of a SKU that sells well."""
    skipped = np.zeros((len(goods.sku), days), dtype=bool)
    weight = goods.pull * goods.stocked
    for sku in rng.choice(len(weight), parameters.disruptions, replace=False, p=weight / weight.sum()):
        start = int(rng.integers(30, max(days - 60, 31)))
        skipped[sku, start : start + int(1.3 * goods.life[sku] // parameters.lots_per_life)] = True
    return skipped
