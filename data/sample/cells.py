"""Who sells what in the demo world: sellers, what each lists, and the stock that each draws on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.sample.assortment import Assortment
from data.sample.network import Outlets
from data.sample.nodes import NONE, Nodes
from data.sample.parameters import CHANNEL_CODES, MARKET, Size, WorldParameters
from data.sample.places import Layout
from data.sample.supply_parameters import DEALER, REGION, SHOP, SUPERMARKET
from data.sample.varieties import FLOUR, GRAINS, NOODLES, OIL, RICE

TASTES: tuple[dict[str, float], ...] = (
    {FLOUR: 1.25, OIL: 0.95},
    {OIL: 1.2, FLOUR: 1.1},
    {FLOUR: 1.35, RICE: 0.85},
    {RICE: 1.2, NOODLES: 0.9},
    {RICE: 1.3, GRAINS: 0.9},
)
"""Province (in turn) → demand for a category against the mean."""
PROVINCE_GROWTH = (0.0, 0.04, -0.05)
LEAST_LISTED, PER_LINE, MOST_LISTED = 16, 4.5, 0.55
"""Packs that a shop lists at least, more per line sold a day, and at most as a share of all."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Sellers as parallel arrays: a shop's till, its delivery, a leader, a web shop in one city, a supermarket.

    ``kind`` is a channel's index or :data:`MARKET`; ``outlet`` indexes the outlets, :data:`NONE` elsewhere. ``weight``:
    lines a day on the average. ``price``: what it asks against the list. ``opens``/``closes``: first day and first day
    after the last one.
    """

    kind: np.ndarray
    city: np.ndarray
    province: np.ndarray
    node: np.ndarray
    outlet: np.ndarray
    weight: np.ndarray
    growth: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    price: np.ndarray


@dataclass(frozen=True, slots=True)
class Offers:
    """What each cell lists, as parallel arrays; ``base`` is the mean number of lines a day. ``key`` addresses kind ×
    province × SKU in the effects of a day. ``start`` is the place of each cell's first offer.
    """

    cell: np.ndarray
    sku: np.ndarray
    base: np.ndarray
    key: np.ndarray
    start: np.ndarray


@dataclass(frozen=True, slots=True)
class Potential:
    """What cities truly are: demand against their residents, yearly growth, and share of each channel."""

    city: np.ndarray
    growth: np.ndarray
    mix: np.ndarray


def potential(rng: np.random.Generator, plan: Layout, world: WorldParameters) -> Potential:
    cities = len(plan.cities)
    shares = np.array([channel.share for channel in world.channels])
    rise = np.array(PROVINCE_GROWTH)[plan.province % len(PROVINCE_GROWTH)]
    return Potential(
        city=rng.lognormal(0, world.city_spread, cities).round(4),
        growth=(rng.normal(world.growth_mean, world.growth_spread, cities) + rise).round(4),
        mix=rng.dirichlet(shares / shares.sum() * world.channel_mix_concentration, cities),
    )


def cells(
    rng: np.random.Generator, plan: Layout, net: Outlets, places: Nodes, inside: Potential, *, size: Size, days: int,
    world: WorldParameters,
) -> Cells:  # fmt: skip
    """Every seller; the shares of each city's channels are split among its outlets by their size."""
    residents = np.array(list(plan.cities.values())) ** 0.8 * inside.city
    per_city = size.lines / days * residents / residents.sum()
    shops, leaders = np.flatnonzero(net.store), np.flatnonzero(~net.store)
    node_of_shop = np.full(len(net.store), NONE)
    node_of_shop[shops] = places.at(SHOP)
    dealer_node = places.at(DEALER)[plan.dealer]
    region_node = places.at(REGION)[plan.province]
    everywhere = np.arange(len(plan.cities))
    parts = []
    for number, code in enumerate(CHANNEL_CODES):
        at = {"STORE": shops, "O2O": shops, "GROUP": leaders}.get(code)
        city = everywhere if at is None else net.city[at]
        share = 1.0 if at is None else net.size[at]
        node = dealer_node if code in ("GROUP", "WHOLE") else region_node
        node = node_of_shop[at] if code in ("STORE", "O2O") and at is not None else node[city]
        parts.append((number, city, node, np.full(len(city), NONE) if at is None else at,
                      per_city[city] * inside.mix[city, number] * share))  # fmt: skip
    markets = np.array([plan.codes.index(city) for city in plan.supermarkets])
    each = size.lines / days * world.supermarket_share / len(markets)
    parts.append((MARKET, markets, places.at(SUPERMARKET), np.full(len(markets), NONE), np.full(len(markets), each)))
    kind = np.concatenate([np.full(len(part[1]), part[0]) for part in parts])
    city, node, outlet, weight = (np.concatenate([part[i] for part in parts]) for i in (1, 2, 3, 4))
    own = outlet != NONE
    priced = rng.lognormal(0, 0.012, len(net.store)).clip(0.965, 1.035)
    return Cells(
        kind=kind,
        city=city,
        province=plan.province[city],
        node=node,
        outlet=outlet,
        weight=weight,
        growth=inside.growth[city] + np.where(own, net.growth[outlet], 0.0),
        opens=np.where(own, net.opens[outlet], -(10**6)),
        closes=np.where(own, net.closes[outlet], 10**6),
        price=np.where(own & (kind == CHANNEL_CODES.index("STORE")), priced[outlet], 1.0),
    )


def offers(rng: np.random.Generator, found: Cells, goods: Assortment, provinces: int, world: WorldParameters) -> Offers:
    """What each cell lists: shops and leaders the packs that go best there, web shops everything."""
    count = len(goods.sku)
    trade, shop = found.kind == CHANNEL_CODES.index("WHOLE"), np.isin(found.kind, [_STORE, _O2O])
    liked = np.array([[taste.get(str(category), 1.0) for category in goods.category] for taste in TASTES])
    pull = goods.pull * liked[found.province % len(TASTES)]
    own = rng.lognormal(0, world.taste_spread, (int(found.outlet.max()) + 1, count))
    pull *= np.where((found.outlet != NONE)[:, None], own[found.outlet], 1.0)
    sacks = goods.kg >= 9
    pull *= np.where(sacks, np.where(trade, 12.0, 0.25)[:, None], np.where((goods.kg < 2.4) & trade[:, None], 0.0, 1.0))
    shelved = shop | (found.kind == _GROUP) | (found.kind == MARKET)
    pull *= np.where(goods.stocked, 1.0, np.where(shelved, 0.0, 1.0)[:, None])
    width = np.full(len(found.kind), count)
    by_volume = LEAST_LISTED + PER_LINE * found.weight
    # What a shop delivers is what it has on the shelf.
    by_volume[found.kind == _O2O] = by_volume[found.kind == _STORE]
    width[shelved] = np.clip(by_volume, LEAST_LISTED, MOST_LISTED * count).astype(int)[shelved]
    rank = np.argsort(np.argsort(-pull, axis=1, kind="stable"), axis=1, kind="stable")
    listed = (rank < width[:, None]) & (pull > 0)
    cell, sku = np.nonzero(listed)
    base = pull[cell, sku] / (pull * listed).sum(axis=1)[cell] * found.weight[cell]
    key = (found.kind[cell] * provinces + found.province[cell]) * count + sku
    start = np.searchsorted(cell, np.arange(len(found.kind) + 1))
    return Offers(cell, sku, base, key, start)


_STORE, _O2O, _GROUP = (CHANNEL_CODES.index(code) for code in ("STORE", "O2O", "GROUP"))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Node × SKU that hold stock, as parallel arrays. ``of`` finds a pair by node and SKU; ``source`` is the pair that
    supplies it (:data:`NONE` at the plants); ``from_day`` and ``to_day``: first and after last day on sale there.
    """

    node: np.ndarray
    sku: np.ndarray
    level: np.ndarray
    source: np.ndarray
    of: np.ndarray
    from_day: np.ndarray
    to_day: np.ndarray


def pairs(places: Nodes, found: Cells, listed: Offers, goods: Assortment, launched: np.ndarray) -> Pairs:
    """Shops and supermarkets hold what they list, dealers and warehouses everything, plants what they make."""
    of = np.full((len(places.code), len(goods.sku)), NONE)
    holds = np.zeros(of.shape, dtype=bool)
    holds[found.node[listed.cell], listed.sku] = True
    holds[(places.level > 0) & (places.level <= DEALER)] = True
    plants = places.at(0)
    holds[plants[goods.plant], np.arange(len(goods.sku))] = True
    holds &= goods.stocked
    node, sku = np.nonzero(holds)
    of[node, sku] = np.arange(len(node))
    above = np.where(places.parent[node] == NONE, plants[goods.plant[sku]], places.parent[node])
    level = places.level[node]
    return Pairs(
        node=node,
        sku=sku,
        level=level,
        source=np.where(level == 0, NONE, of[above, sku]),
        of=of,
        from_day=np.maximum(places.opens[node], launched[sku]),
        to_day=places.closes[node],
    )
