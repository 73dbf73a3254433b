"""Prices of the demo world that break the policy: who undercuts or overcharges, on what, when, and how it is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample.assortment import BRAND_NAME, REFERENCE, Assortment
from data.sample.cells import Cells, Offers
from data.sample.parameters import CHANNEL_CODES, WorldParameters

STEADY, WEEKEND, NIGHT = range(3)
PATTERNS = ("steady", "weekend", "night")
REACTION = 1.8
"""Demand of a pack at a price outside the policy: price ** -REACTION."""
UNDER, OVER = (0.78, 0.92), (1.07, 1.16)


@dataclass(frozen=True, slots=True)
class Episodes:
    """Spells of a price outside the policy as parallel arrays: on ``offer``, from ``starts`` to ``ends`` inclusive, at
    ``factor`` times the list. ``weekday`` is that of each day of the calendar. A dip by night moves no demand by day.
    """

    offer: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    factor: np.ndarray
    pattern: np.ndarray
    weekday: np.ndarray
    offers: int

    def active(self, day: int) -> np.ndarray:
        """Indices of the spells that hold on ``day``."""
        now = (self.starts <= day) & (day <= self.ends)
        return np.flatnonzero(now & ((self.pattern != WEEKEND) | (self.weekday[day] >= 5)))

    def factors(self, day: int) -> np.ndarray:
        """Price of each offer at the till on ``day`` against the list; a nightly dip is none of the till's."""
        found = np.ones(self.offers)
        at = self.active(day)
        at = at[self.pattern[at] != NIGHT]
        found[self.offer[at]] = self.factor[at]
        return found

    def reaction(self, day: int) -> np.ndarray:
        return np.asarray(self.factors(day) ** -REACTION)


def episodes(
    rng: np.random.Generator, days: list[date], found: Cells, listed: Offers, goods: Assortment, world: WorldParameters
) -> Episodes:
    """Some shops and leaders cheat again and again, the live room and a platform now and then; the rest do not."""
    own = np.flatnonzero(np.isin(found.kind, [_code("STORE"), _code("GROUP")]))
    cheats = own[rng.random(len(own)) < world.price_cheats]
    spells: list[tuple[int, int, int, float, int]] = []
    for cell in np.repeat(cheats, rng.integers(1, 4, len(cheats))).tolist():
        # What sells well is what is worth undercutting.
        base = listed.base[listed.start[cell] : listed.start[cell + 1]]
        offer = int(listed.start[cell] + rng.choice(len(base), p=base / base.sum()))
        low = rng.random() < 0.75
        factor = float(rng.uniform(*(UNDER if low else OVER)))
        pattern = int(rng.choice([STEADY, WEEKEND, NIGHT], p=(0.6, 0.25, 0.15)))
        spells.append((offer, *_span(rng, len(days), 10, 60), round(factor, 3), pattern))
    for code in ("LIVE", "MKT2"):
        mine = np.flatnonzero(found.kind == _code(code))
        for sku in rng.choice(np.flatnonzero(goods.stocked), 6, replace=False).tolist():
            span, factor = _span(rng, len(days), 3, 12), round(float(rng.uniform(0.80, 0.88)), 3)
            spells += [(_offer(listed, int(cell), sku), *span, factor, STEADY) for cell in mine]
    spells += _known(rng, len(days), found, listed, goods)
    return Episodes(
        offer=np.array([spell[0] for spell in spells]),
        starts=np.array([spell[1] for spell in spells]),
        ends=np.array([spell[2] for spell in spells]),
        factor=np.array([spell[3] for spell in spells]),
        pattern=np.array([spell[4] for spell in spells]),
        weekday=np.array([day.weekday() for day in days]),
        offers=len(listed.cell),
    )


def _known(
    rng: np.random.Generator, days: int, found: Cells, listed: Offers, goods: Assortment
) -> list[tuple[int, int, int, float, int]]:
    """The reference pack at 59 yuan in the live room and at 79 in a shop, in the last ten weeks."""
    sku = goods.name.tolist().index(f"{BRAND_NAME}{REFERENCE}")
    live = np.flatnonzero(found.kind == _code("LIVE"))
    shops = np.flatnonzero(found.kind == _code("STORE"))
    selling = [cell for cell in shops.tolist() if sku in listed.sku[listed.start[cell] : listed.start[cell + 1]]]
    start = days - int(rng.integers(25, 45))
    made = [(_offer(listed, int(cell), sku), start, start + 9, 59 / 69, STEADY) for cell in live]
    dear = selling[int(rng.integers(len(selling)))]
    return [*made, (_offer(listed, dear, sku), days - 60, days - 20, 79 / 69, STEADY)]


def _offer(listed: Offers, cell: int, sku: int) -> int:
    first, last = int(listed.start[cell]), int(listed.start[cell + 1])
    return first + int(np.flatnonzero(listed.sku[first:last] == sku)[0])


def _span(rng: np.random.Generator, days: int, least: int, most: int) -> tuple[int, int]:
    start = int(rng.integers(0, days - least))
    return start, min(start + int(rng.integers(least, most)), days - 1)


def _code(name: str) -> int:
    return CHANNEL_CODES.index(name)
