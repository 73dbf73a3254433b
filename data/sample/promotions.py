"""Promotions of the demo brand: what ran where, and what it truly did to demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from data.sample import rhythm
from data.sample.assortment import Assortment
from data.sample.parameters import CHANNEL_CODES, MARKET, WorldParameters

ANY = -1
NATIONWIDE = "全国"
GROUP, LIVE, MINI, STORE, TRADE = (CHANNEL_CODES.index(code) for code in ("GROUP", "LIVE", "MINI", "STORE", "WHOLE"))
ONLINE = tuple(CHANNEL_CODES.index(code) for code in ("MKT1", "MKT2", "MINI", "LIVE", "O2O"))
FESTIVAL_SHOPS = tuple(CHANNEL_CODES.index(code) for code in ("MKT1", "MKT2", "MINI", "LIVE"))
EVENT_WINDOWS = (((5, 31), (6, 18), "618"), ((10, 31), (11, 11), "双11"), ((12, 9), (12, 12), "双12"))
EVENT_UPLIFT = 1.1
"""What an event's price adds to the event itself, whose pull is the channel's."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One scope at one price. ``sku`` and ``province`` are indices or :data:`ANY`; days are counted from the first
    day of the calendar and include the last one. ``uplift``: true factor on demand; ``pulled``: true share of the extra
    units that is missing in the weeks after. ``members``: for known members alone.
    """

    name: str
    sku: int
    channel: int
    province: int
    starts: int
    ends: int
    pays: float
    uplift: float
    pulled: float
    members: bool = False
    gift: int = ANY
    authorised_by: str | None = "商品部"


@dataclass(frozen=True, slots=True)
class Effects:
    """By day × kind of seller × province × SKU: factor on demand, share of the price paid, and the promotion behind it
    (:data:`ANY` where there is none).
    """

    demand: np.ndarray
    pays: np.ndarray
    promotion: np.ndarray
    gift: np.ndarray


def promotions(
    rng: np.random.Generator, days: list[date], goods: Assortment, provinces: int, world: WorldParameters
) -> list[Promotion]:
    """The calendar of promotions: rotating packs in each channel, weekly group prices, festivals, member days."""
    draw = _Drawer(rng, len(days), goods, provinces, world)
    made: list[Promotion] = []
    for start in range(0, len(days), 30):
        made += [draw.pack(STORE, start) for _ in range(6 * draw.scale)]
        made += [draw.pack(channel, start) for channel in ONLINE for _ in range(4 * draw.scale)]
        made += [draw.pack(MARKET, start) for _ in range(2 * draw.scale)]
        made.append(draw.pack(TRADE, start))
    mondays = [n for n, day in enumerate(days) if day.weekday() == 0]
    made += [draw.group_week(monday) for monday in mondays for _ in range(6 * draw.scale)]
    made += [draw.with_gift(monday) for monday in mondays[::5]]
    made += _events(days, goods, world)
    for n, day in enumerate(days):
        if day.day == rhythm.MEMBER_DAY:
            for channel in (STORE, GROUP, MINI):
                name = f"会员日88折 {CHANNEL_CODES[channel]} {day:%Y-%m}"
                made.append(Promotion(name, ANY, channel, ANY, n, n, world.member_day_pays, 1.0, 0.0, members=True))
    return made


@dataclass(frozen=True, slots=True)
class _Drawer:
    rng: np.random.Generator
    days: int
    goods: Assortment
    provinces: int
    world: WorldParameters

    @property
    def scale(self) -> int:
        return max(1, len(self.goods.sku) // 80)

    def _sku(self) -> int:
        pull = self.goods.pull**0.6 * self.goods.stocked
        return int(self.rng.choice(len(pull), p=pull / pull.sum()))

    def _effect(self, pays: float) -> tuple[float, float]:
        mean, spread = self.world.elasticity
        reaction = max(0.6, float(self.rng.normal(mean, spread)))
        return round(pays**-reaction, 4), round(float(self.rng.uniform(*self.world.pulled_forward)), 4)

    def pack(self, channel: int, start: int) -> Promotion:
        begins = min(start + int(self.rng.integers(0, 30)), self.days - 1)
        pays = 1 - float(self.rng.choice(self.world.promotion_depth))
        province = ANY if self.rng.random() < 0.6 else int(self.rng.integers(self.provinces))
        ends = begins + int(self.rng.integers(5, 14))
        return self._named("限时促销", self._sku(), channel, province, (begins, ends), pays)

    def group_week(self, monday: int) -> Promotion:
        return self._named("团购价", self._sku(), GROUP, ANY, (monday, monday + 6), self.world.group_pays)

    def with_gift(self, monday: int) -> Promotion:
        """Whoever buys a large oil gets a small pack of noodles."""
        large = np.flatnonzero((self.goods.category == "食用油") & (self.goods.kg > 4) & (self.goods.kg < 6))
        old = self.goods.launched == self.goods.launched.min()
        small = np.flatnonzero((self.goods.category == "面条") & (self.goods.kg <= 1) & (self.goods.extra > 0.5) & old)
        sku, gift = int(self.rng.choice(large)), int(self.rng.choice(small))
        return replace(self._named("买油赠面", sku, MINI, ANY, (monday, monday + 9), 0.97), gift=gift)

    def _named(
        self, title: str, sku: int, channel: int, province: int, span: tuple[int, int], pays: float
    ) -> Promotion:
        name = f"{title} {self.goods.name[sku]} {round(pays * 100)}折"
        return Promotion(name, sku, channel, province, *span, round(pays, 4), *self._effect(pays))


def _events(days: list[date], goods: Assortment, world: WorldParameters) -> list[Promotion]:
    """Shopping festivals and the weeks before Spring Festival: the stronger half of the packs in large web shops."""
    windows = []
    for year in range(days[0].year, days[-1].year + 1):
        windows += [(date(year, *a), date(year, *b), name) for a, b, name in EVENT_WINDOWS]
    for festival, strength, _, _ in rhythm.festivals(days):
        if strength == 1.0:
            windows.append((festival - timedelta(days=21), festival - timedelta(days=5), "年货节"))
    strong = np.flatnonzero((goods.pull > np.median(goods.pull)) & goods.stocked)
    made = []
    for first, last, name in windows:
        starts, ends = (first - days[0]).days, (last - days[0]).days
        if ends >= 0 and starts < len(days):
            for channel in FESTIVAL_SHOPS:
                for sku in strong:
                    title = f"{name} {goods.name[sku]}"
                    pays = round(1 - world.event_depth, 4)
                    made.append(Promotion(title, int(sku), channel, ANY, max(starts, 0), ends, pays, EVENT_UPLIFT, 0.1))
    return made


def effects(days: int, known: list[Promotion], goods: Assortment, provinces: int, world: WorldParameters) -> Effects:
    """Where promotions overlap the lowest price holds; what was bought ahead is missing for two weeks afterwards."""
    shape = (days, MARKET + 1, provinces, len(goods.sku))
    demand, pays = np.ones(shape, np.float32), np.ones(shape, np.float32)
    number, gift = np.full(shape, ANY, np.int32), np.full((days, len(goods.sku)), ANY, np.int16)
    fading = np.linspace(2, 0, world.pull_days, endpoint=False) + 1 / world.pull_days
    for index, one in enumerate(known):
        if one.members or one.sku == ANY:
            continue
        where = (one.channel, slice(None) if one.province == ANY else one.province, one.sku)
        inside = slice(one.starts, min(one.ends + 1, days))
        better = pays[inside, *where] > one.pays
        for array, value in ((demand, one.uplift), (pays, one.pays), (number, index)):
            array[inside, *where] = np.where(better, value, array[inside, *where])
        missing = one.pulled * (one.uplift - 1) * (one.ends + 1 - one.starts) / world.pull_days
        after = demand[one.ends + 1 : one.ends + 1 + world.pull_days, *where]
        after *= np.clip(1 - missing * fading[: len(after)], 0.35, 1).reshape(-1, *[1] * (after.ndim - 1))
        if one.gift != ANY:
            gift[inside, one.sku] = one.gift
    return Effects(demand, pays, number, gift)
