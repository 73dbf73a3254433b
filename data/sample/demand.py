"""True demand of the demo world: who wants what on a day, before anybody looks at the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from data.sample.assortment import Assortment
from data.sample.cells import Cells, Offers, Pairs
from data.sample.nodes import NONE
from data.sample.parameters import CHANNEL_CODES, CHANNELS, WorldParameters
from data.sample.prices import Episodes
from data.sample.promotions import MINI, Effects

TRADE = CHANNEL_CODES.index("WHOLE")
FEWEST_OF_TRADE, MORE_OF_TRADE = 3, 4.0
"""A trade line has three packs at least and four more on the average."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Demanded lines as parallel arrays. ``offer`` tells who sells what; ``sku`` differs from the offer's in a kit or a
    gift. Lines of one ``bundle`` belong into one order. ``wanted`` units were asked for, ``units`` handed out.
    ``phantom``: an order that was never meant to leave, so it takes no stock. ``account``: who is known beforehand.
    ``back`` units will be returned on ``back_day``, ``lot`` is the lot of the line's first unit.
    """

    day: np.ndarray
    offer: np.ndarray
    sku: np.ndarray
    pair: np.ndarray
    bundle: np.ndarray
    wanted: np.ndarray
    units: np.ndarray
    phantom: np.ndarray
    gift: np.ndarray
    kit: np.ndarray
    account: np.ndarray
    back: np.ndarray
    back_day: np.ndarray
    lot: np.ndarray


def join(parts: Sequence[Lines]) -> Lines:
    return Lines(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Lines)))


def pick(lines: Lines, chosen: np.ndarray) -> Lines:
    return Lines(*(getattr(lines, one.name)[chosen] for one in fields(Lines)))


@dataclass(frozen=True, slots=True)
class Campaigned:
    """Lines that campaigns bring about beyond everything else, in order of their days."""

    day: np.ndarray
    offer: np.ndarray
    account: np.ndarray


@dataclass(frozen=True, slots=True)
class Tide:
    """What moves demand from day to day; ``cell_day`` and ``sku_day`` have a row per day."""

    cell_day: np.ndarray
    sku_day: np.ndarray
    effects: Effects
    episodes: Episodes
    campaigned: Campaigned


class Demand:
    """Draws the lines of one day after the other."""

    def __init__(
        self, rng: np.random.Generator, found: Cells, listed: Offers, pairs: Pairs, goods: Assortment, tide: Tide,
        world: WorldParameters,
    ) -> None:  # fmt: skip
        self.rng, self.found, self.listed, self.pairs, self.goods = rng, found, listed, pairs, goods
        self.effects, self.episodes, self.campaigned = tide.effects, tide.episodes, tide.campaigned
        self.tide, self.world = tide, world
        self.trade = found.kind[listed.cell] == TRADE
        self.pair = pairs.of[found.node[listed.cell], listed.sku]
        self.extra = np.where(self.trade, MORE_OF_TRADE, goods.extra[listed.sku])
        self.least = np.where(self.trade, FEWEST_OF_TRADE, 1)
        returned = np.array([*(channel.returned for channel in CHANNELS), 0.0])
        self.returned = returned[found.kind[listed.cell]]
        self._kits = goods.kits
        usual = float(np.arange(1, 5) @ np.array(world.packs_per_order))
        self.packs = np.where(found.kind == TRADE, world.packs_per_trade_order, usual)

    def mean_lines(self, day: int) -> np.ndarray:
        """Law of demand: expected number of lines per offer on ``day``."""
        time = (self.effects.demand[day] * self.tide.sku_day[day]).ravel()
        mean = self.listed.base * self.tide.cell_day[day][self.listed.cell] * time[self.listed.key]
        return np.asarray(mean * self.episodes.reaction(day))

    def mean_units(self, day: int) -> np.ndarray:
        """Expected units per pair on ``day``; gifts, and what campaigns add, come on top."""
        offered = self.mean_lines(day) * (self.least + self.extra)
        total = np.zeros(len(self.pairs.node))
        own = self.pair != NONE
        np.add.at(total, self.pair[own], offered[own])
        for kit, parts in self._kits.items():
            rows = np.flatnonzero(self.listed.sku == kit)
            for part in parts:
                np.add.at(total, self.pairs.of[self.found.node[self.listed.cell[rows]], part], offered[rows])
        return total

    def draw(self, day: int) -> Lines:
        """The lines of ``day``; units are all handed out so far.

        Who comes wants one to four packs at once, the same pack only once; a cell's visitors share its demand.
        """
        offer, bundle, account, wanted = self._visits(day)
        count = len(offer)
        per_visit = np.flatnonzero(np.diff(bundle, prepend=-1))
        never = self.rng.random(len(per_visit)) < self.world.cancelled + self.world.unpaid
        copied = np.flatnonzero(never[bundle])
        offer, wanted = np.concatenate([offer, offer[copied]]), np.concatenate([wanted, wanted[copied]])
        bundle = np.concatenate([bundle, bundle[copied] + len(per_visit)])
        account = np.concatenate([account, np.full(len(copied), NONE)])
        chance = self.rng.random((2, len(offer)))
        back = np.where(chance[0] < self.returned[offer], np.ceil(wanted * chance[1]), 0)
        lines = Lines(
            day=np.full(len(offer), day),
            offer=offer,
            sku=self.listed.sku[offer],
            pair=self.pair[offer],
            bundle=bundle,
            wanted=wanted,
            units=wanted.copy(),
            phantom=np.arange(len(offer)) >= count,
            gift=np.zeros(len(offer), dtype=bool),
            kit=np.full(len(offer), NONE),
            account=account,
            back=back.astype(np.int64),
            back_day=day + 2 + self.rng.integers(0, 11, len(offer)),
            lot=np.full(len(offer), NONE),
        )
        return self._with_gifts(day, self._unpacked(lines))

    def _visits(self, day: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Offer, visit (from 0), account as far as it is known beforehand, and units of each line."""
        rng, start = self.rng, self.listed.start
        total = np.concatenate([[0.0], np.cumsum(self.mean_lines(day))])
        low, high = total[start[:-1]], total[start[1:]]
        visits = rng.poisson((high - low) / self.packs)
        cell = np.repeat(np.arange(len(visits)), visits)
        packs = rng.choice(np.arange(1, 5), len(cell), p=self.world.packs_per_order)
        packs = np.where(self.found.kind[cell] == TRADE, self.world.packs_per_trade_order, packs)
        visit = np.repeat(np.arange(len(cell)), packs)
        at = cell[visit]
        drawn = low[at] + rng.random(len(at)) * (high - low)[at]
        offer = np.clip(np.searchsorted(total, drawn, side="right") - 1, start[at], start[at + 1] - 1)
        extra = slice(*np.searchsorted(self.campaigned.day, [day, day + 1]))
        account = np.concatenate([np.full(len(cell), NONE), self.campaigned.account[extra]])
        further = self.campaigned.offer[extra]
        offer = np.concatenate([offer, further])
        visit = np.concatenate([visit, len(cell) + np.arange(len(further))])
        wanted = self.least[offer] + rng.poisson(self.extra[offer])
        # Nobody puts the same pack on the counter twice.
        key, same = np.unique(visit * len(self.listed.sku) + offer, return_inverse=True)
        visit, offer = np.divmod(key, len(self.listed.sku))
        return offer, visit, account[visit], np.bincount(same, wanted, minlength=len(key)).astype(np.int64)

    def _unpacked(self, lines: Lines) -> Lines:
        """A kit becomes a line for each of its parts."""
        parts = [pick(lines, self.goods.stocked[lines.sku])]
        for kit, members in self._kits.items():
            of_kit = pick(lines, lines.sku == kit)
            node = self.found.node[self.listed.cell[of_kit.offer]]
            for member in members:
                changed = {
                    "sku": np.full(len(node), member),
                    "pair": self.pairs.of[node, member],
                    "kit": np.full(len(node), kit),
                }
                parts.append(_changed(of_kit, **changed))
        return join(parts)

    def _with_gifts(self, day: int, lines: Lines) -> Lines:
        gift = self.effects.gift[day][lines.sku]
        given = pick(lines, (gift != NONE) & (self.found.kind[self.listed.cell[lines.offer]] == MINI) & ~lines.phantom)
        if not len(given.offer):
            return lines
        sku = gift[(gift != NONE) & (self.found.kind[self.listed.cell[lines.offer]] == MINI) & ~lines.phantom]
        node = self.found.node[self.listed.cell[given.offer]]
        one = np.ones(len(sku), dtype=np.int64)
        made = _changed(given, sku=sku.astype(np.int64), pair=self.pairs.of[node, sku], wanted=one, units=one.copy(),
                        gift=np.ones(len(sku), dtype=bool), back=one * 0, kit=np.full(len(sku), NONE))  # fmt: skip
        return join([lines, made])


def _changed(lines: Lines, **arrays: np.ndarray) -> Lines:
    return Lines(*(arrays.get(one.name, getattr(lines, one.name)).copy() for one in fields(Lines)))
