"""Tables about prices: what was agreed, what was promoted, what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from data.sample.columns import dates, from_columns, from_rows, moments, money, named, texts, units
from data.sample.nodes import NONE
from data.sample.parameters import CHANNEL_CODES, MARKET
from data.sample.places import SCHEME
from data.sample.prices import NIGHT
from data.sample.promotions import ANY, GROUP, LIVE, ONLINE, STORE
from data.sample.setting import Setting
from data.sample.week import DAY_SECONDS, Names, Week, names

BANDS = (
    ("PB-ONLINE", "online", 0.10, 0.10),
    ("PB-STORE", "store", 0.05, 0.05),
    ("PB-COMMUNITY", "community", 0.20, 0.05),
    ("PB-WHOLE", "wholesale", 0.20, 0.0),
)
CRAWLED = 0.30
"""Share of web shop × product whose price is looked up on a day; a visit to a shop notes some prices now and then."""
VISITED = 0.07
NOTED = 6
UNAUTHORISED = 0.12
"""Share of regional shop promotions that a dealer started without being allowed to."""
REPORTED = 0.12
"""Share of spells outside the policy that somebody reports on a day."""
EXPLANATIONS = ("list", "band", "promotion", "violation")
LISTED, BAND, PROMOTED, VIOLATION = range(4)


def price_policies(made: Setting) -> pa.Table:
    """The price_policy table: a row for every change of a base price."""
    goods = made.goods
    rows: list[dict[str, object]] = []
    for sku in range(len(goods.sku)):
        for period, start in enumerate(goods.price_from):
            if period == 0 or goods.price[sku, period] != goods.price[sku, period - 1]:
                price = Decimal(int(goods.price[sku, period])) / 100
                rows.append(
                    {
                        "sku": str(goods.sku[sku]),
                        "valid_from": start,
                        "base_price": price,
                        "authorised_by": "价格委员会",
                    }
                )
    return from_rows("price_policy", rows)


def price_bands(made: Setting) -> pa.Table:
    """The price_band table."""
    start = made.goods.price_from[0]
    return from_rows(
        "price_band",
        [
            {"band": band, "channel_group": group, "below": below, "above": above, "valid_from": start}
            for band, group, below, above in BANDS
        ],
    )


def promotion_table(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The promotion table, supermarkets' own left out; a few were started by a partner whom nobody authorised."""
    told = [(n, one) for n, one in enumerate(made.promotions) if one.channel != MARKET]
    number = np.array([n for n, _ in told])
    some = [one for _, one in told]
    sku, channel, province = (np.array([getattr(one, name) for one in some]) for name in ("sku", "channel", "province"))
    starts = np.array([one.starts for one in some]) * DAY_SECONDS + known.origin
    ends = (np.array([one.ends for one in some]) + 1) * DAY_SECONDS - 1 + known.origin
    nobody = (channel == STORE) & (province != ANY) & (rng.random(len(some)) < UNAUTHORISED)
    dealer = np.array([made.plan.dealer[np.flatnonzero(made.plan.province == max(p, 0))[0]] for p in province])
    codes = [f"{code}0000" for code in made.plan.regional]
    columns = {
        "promotion": texts("CX", number + 1, 6),
        "name": pa.array([one.name for one in some], pa.string()),
        "sku": named(made.goods.sku, sku),
        "channel": named(CHANNEL_CODES, channel),
        "scheme": named([SCHEME], np.where(province == ANY, NONE, 0)),
        "region": named(codes, province),
        "discount": pa.array([one.pays for one in some]),
        "authorised_by": named(["商品部"], np.where(nobody, NONE, 0)),
        "starts_at": pa.array(starts * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        "ends_at": pa.array(ends * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        "partner": named(made.net.dealers, np.where(nobody, dealer, NONE)),
    }
    return from_columns("promotion", columns, len(some))


@dataclass(frozen=True, slots=True)
class Seen:
    """The table of one week, and per row the true explanation, an index of :data:`EXPLANATIONS`, and the spell outside
    the policy (:data:`NONE` where there is none).
    """

    table: pa.Table
    explanation: np.ndarray
    episode: np.ndarray


class Watching:
    """Sees prices week by week: web shops are crawled, shops visited, spells outside the policy reported."""

    def __init__(self, made: Setting, rng: np.random.Generator) -> None:
        self.made, self.rng, self.number = made, rng, 1
        self.names = names(made)
        self.price = made.goods.list_price(made.calendar.days)
        kind = made.cells.kind[made.offers.cell]
        live = np.isin(kind, ONLINE) & (made.cells.outlet[made.offers.cell] == NONE)
        # Prices of a web shop are the same in every city of a province: one city stands for it.
        city = made.cells.city[made.offers.cell]
        first = np.array([np.flatnonzero(made.plan.province == p)[0] for p in range(len(made.plan.regional))])
        self.web = np.flatnonzero(live & np.isin(city, first) & made.goods.stocked[made.offers.sku])
        self.tills = np.flatnonzero((made.cells.kind == STORE) | (made.cells.kind == GROUP))

    def week(self, week: Week) -> Seen:
        """The price_observation table of one week."""
        parts = [self._day(one.day) for one in week.days]
        offer, day, second, seen_by, episode = (np.concatenate([part[i] for part in parts]) for i in range(5))
        made, cell = self.made, self.made.offers.cell[offer]
        sku, kind = made.offers.sku[offer], made.cells.kind[cell]
        listed = self.price[sku, day]
        own = np.where(episode == NONE, made.cells.price[cell], made.episodes.factor[episode])
        where = (day, kind, made.cells.province[cell], sku)
        pays = made.effects.pays[where].astype(float).round(4)
        asked = np.where(own == 1.0, listed, np.rint(listed * own / 10) * 10)
        price = np.rint(asked * pays).astype(np.int64)
        explanation = np.where(
            episode != NONE, VIOLATION, np.where(pays < 1, PROMOTED, np.where(own == 1.0, LISTED, BAND))
        )
        kinds = np.select([(kind == GROUP) & (pays < 1), kind == LIVE, pays < 1], [3, 4, 1], 0)
        outlet = made.cells.outlet[cell]
        columns = {
            "observation": texts("JG", self.number + np.arange(len(offer)), 9),
            "observed_at": moments(day * DAY_SECONDS + second, self.names.origin),
            "channel": named(CHANNEL_CODES, kind),
            "partner": named(made.net.partner, outlet),
            "sku": named(made.goods.sku, sku),
            "price": money(price),
            "price_type": named(["list", "promotion", "member", "group", "live"], kinds),
            "pack_units": units(np.ones(len(offer))),
            "seen_by": named(["crawl", "visit", "report"], seen_by),
            "evidence": texts("JT-", self.number + np.arange(len(offer)), 9),
        }
        self.number += len(offer)
        return Seen(from_columns("price_observation", columns, len(offer)), explanation, episode)

    def _day(self, day: int) -> tuple[np.ndarray, ...]:
        """Offer, day, second, way of seeing and spell of each observation of one day."""
        made, rng = self.made, self.rng
        spells = made.episodes.active(day)
        web = self.web[rng.random(len(self.web)) < CRAWLED / 7]
        open_ = self.tills[(made.cells.opens[self.tills] <= day) & (day < made.cells.closes[self.tills])]
        visited = np.repeat(open_[rng.random(len(open_)) < VISITED], NOTED)
        span = made.offers.start[visited + 1] - made.offers.start[visited]
        shop = made.offers.start[visited] + (rng.random(len(visited)) * span).astype(int)
        reported = spells[rng.random(len(spells)) < REPORTED]
        cell = made.offers.cell[made.episodes.offer[reported]]
        reported = reported[(made.cells.opens[cell] <= day) & (day < made.cells.closes[cell])]
        offer = np.unique(np.concatenate([web, shop]))
        offer = offer[made.launched[made.offers.sku[offer]] <= day]
        by_day = spells[made.episodes.pattern[spells] != NIGHT]
        episode = np.full(len(made.offers.cell), NONE)
        episode[made.episodes.offer[by_day]] = by_day
        seen = np.concatenate([offer, made.episodes.offer[reported]])
        of = np.concatenate([episode[offer], reported])
        how = np.concatenate([np.isin(offer, shop).astype(int), np.full(len(reported), 2)])
        second = rng.integers(9 * 3600, 20 * 3600, len(seen))
        by_night = (of != NONE) & (made.episodes.pattern[of] == NIGHT)
        return (
            seen,
            np.full(len(seen), day),
            np.where(by_night, rng.integers(300, 4 * 3600, len(seen)), second),
            how,
            of,
        )


def product_costs(made: Setting) -> pa.Table:
    """The product_cost table."""
    goods = made.goods
    periods = len(goods.cost_from)
    columns = {
        "sku": pa.array(np.repeat(goods.sku, periods).tolist(), pa.string()),
        "cost": money(goods.cost.ravel()),
        "valid_from": pa.array(list(goods.cost_from) * len(goods.sku), pa.date32()),
    }
    return from_columns("product_cost", columns, len(goods.sku) * periods)


def supply_limits(made: Setting, skipped: np.ndarray, known: Names) -> pa.Table:
    """The supply_limit table: plants name a limit for the weeks in which they cannot make enough."""
    mondays = [n for n, day in enumerate(made.calendar.days) if day.weekday() == 0 and n >= made.calendar.first]
    at = [(sku, day) for sku in range(len(made.goods.sku)) for day in mondays if skipped[sku, day]]
    sku, day = (np.array([pair[i] for pair in at], dtype=np.int64) for i in (0, 1))
    columns = {
        "supplier": named(["GC1", "GC2"], made.goods.plant[sku]),
        "sku": named(made.goods.sku, sku),
        "week": dates(day, known.first),
        "quantity": units(20 * made.goods.case[sku]),
    }
    return from_columns("supply_limit", columns, len(sku))
