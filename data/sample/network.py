"""The demo brand's partners as a tree, and their territories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.sample.parameters import Size, WorldParameters
from data.sample.places import SCHEME, Places, urban

KM_PER_DEGREE = 111.2
FOUNDED = date(2015, 3, 1)
FAR = 10**6
"""Days to before anything and after everything."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Stores and group leaders as parallel arrays; ``city`` and ``dealer`` are indices.

    ``size`` is an outlet's share of its city's demand in its kind, ``growth`` its yearly growth beside the city's.
    ``quality`` of an outlet lies around that of its dealer. ``opens``/``closes``: first day and first day after
    the last one, far away where it was there before and stays.
    """

    partner: np.ndarray
    store: np.ndarray
    dealer: np.ndarray
    city: np.ndarray
    district: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    size: np.ndarray
    growth: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    quality: np.ndarray
    dealers: np.ndarray
    """Partner id of each dealer."""
    dealer_quality: np.ndarray
    """0 to 1: how well a dealer serves, pays, trains and displays."""
    supermarkets: np.ndarray


def outlets(
    rng: np.random.Generator, where: Places, size: Size, *, starts: np.ndarray, world: WorldParameters
) -> Outlets:
    """Stores and leaders, spread over cities by residents, over districts with a preference for urban ones.

    ``starts``: day on which each month begins.
    """
    city = np.concatenate([_spread(where, size.stores), _spread(where, size.leaders)])
    store = np.arange(len(city)) < size.stores
    number = np.where(store, np.arange(len(city)) + 1, np.arange(len(city)) + 1 - size.stores)
    opens, closes = _lifetimes(rng, city, store, world)
    district = np.array([_district(rng, where, where.plan.codes[c]) for c in city])
    dealer = where.plan.dealer[city]
    quality = rng.beta(4, 2.2, len(where.plan.dealers)).round(4)
    wide = (len(str(size.stores)), len(str(size.leaders)), len(str(len(where.plan.dealers))))
    kinds = [("S", max(wide[0], 3)) if is_store else ("G", max(wide[1], 2)) for is_store in store]
    latitude, longitude = _positions(rng, where, district)
    return Outlets(
        partner=np.array([f"{kind}{n:0{digits}d}" for (kind, digits), n in zip(kinds, number, strict=True)]),
        store=store,
        dealer=dealer,
        city=city,
        district=district,
        latitude=latitude,
        longitude=longitude,
        size=_sizes(rng, where, city=city, store=store, district=district, world=world),
        growth=rng.normal(0, world.partner_growth_spread, len(city)),
        opens=np.where(opens > 0, starts[opens], -FAR),
        closes=np.where(closes < len(starts), starts[np.minimum(closes, len(starts) - 1)], FAR),
        quality=np.clip(quality[dealer] + rng.normal(0, 0.1, len(city)), 0.02, 0.99).round(4),
        dealers=np.array([f"D{n:0{max(wide[2], 2)}d}" for n in range(1, len(quality) + 1)]),
        dealer_quality=quality,
        supermarkets=np.array([f"M{n}" for n in range(1, len(where.plan.supermarkets) + 1)]),
    )


def _spread(where: Places, count: int) -> np.ndarray:
    """Outlets per city in proportion to the root of its residents, some at least, in the order of the dealers."""
    order = [city for cities in where.plan.dealers for city in cities]
    weights = np.sqrt([where.plan.cities[city] for city in order])
    least = min(2, count // len(order))
    exact = least + weights / weights.sum() * (count - least * len(order))
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: count - whole.sum()]] += 1
    codes = where.plan.codes
    return np.repeat([codes.index(city) for city in order], whole)


def _district(rng: np.random.Generator, where: Places, city: str) -> str:
    districts = where.districts[city]
    weights = np.array([4.0 if urban(district) else 1.0 for district in districts])
    return districts[int(rng.choice(len(districts), p=weights / weights.sum()))].code


def _positions(rng: np.random.Generator, where: Places, district: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Around the centre of each district, some kilometres away."""
    centres = np.array([(where.centres[code].latitude, where.centres[code].longitude) for code in district])
    north, east = rng.normal(0, 1.4, (2, len(district)))
    latitude = centres[:, 0] + north / KM_PER_DEGREE
    longitude = centres[:, 1] + east / (KM_PER_DEGREE * np.cos(np.radians(centres[:, 0])))
    return latitude.round(6), longitude.round(6)


def _sizes(
    rng: np.random.Generator,
    where: Places,
    *,
    city: np.ndarray,
    store: np.ndarray,
    district: np.ndarray,
    world: WorldParameters,
) -> np.ndarray:
    """Shares within each city and kind: few outlets are large, many are small, and a rich district helps."""
    drawn = rng.gamma(world.partner_size_concentration, 1.0, len(city))
    pulled = drawn * np.array([where.potential[code] for code in district])
    group = city * 2 + store
    total = np.bincount(group, pulled, minlength=2 * len(where.plan.cities))
    return np.asarray(pulled / total[group])


def _lifetimes(
    rng: np.random.Generator, city: np.ndarray, store: np.ndarray, world: WorldParameters
) -> tuple[np.ndarray, np.ndarray]:
    """First month of each outlet and the month after its last.

    The first store and the first leader of each city stay throughout, so that no city is ever left without one.
    """
    count = len(city)
    opens, closes = np.zeros(count, dtype=int), np.full(count, world.months + 1)
    _, staying = np.unique(city * 2 + store, return_index=True)
    free = rng.permutation(np.setdiff1d(np.arange(count), staying))
    late, gone = (max(1, round(share * count)) for share in (world.opened_inside, world.closed_inside))
    opens[free[:late]] = rng.integers(2, world.months - 2, len(free[:late]))
    closes[free[late : late + gone]] = rng.integers(6, world.months - 1, len(free[late : late + gone]))
    return opens, closes


def partner_rows(
    rng: np.random.Generator, where: Places, net: Outlets, days: list[date], world: WorldParameters
) -> list[dict[str, object]]:
    """Rows of the partner table: dealers, supermarkets of their own, stores and leaders below the dealers."""
    rows = [
        _company(where, net.dealers[n], "dealer", cities[0], FOUNDED + timedelta(days=97 * (n % 30 + 1)))
        for n, cities in enumerate(where.plan.dealers)
    ]
    rows += [
        _company(where, net.supermarkets[n], "supermarket", city, FOUNDED + timedelta(days=550 + 15 * n))
        for n, city in enumerate(where.plan.supermarkets)
    ]
    lost = set(rng.choice(np.arange(1, len(net.partner)), world.without_position, replace=False).tolist())
    for i in range(len(net.partner)):
        rows.append(_outlet(rng, where, net, i, days))
        if i in lost:
            rows[-1] |= {"latitude": None, "longitude": None}
    return rows


def _company(where: Places, code: str, kind: str, city: str, joined: date) -> dict[str, object]:
    place = where.centres[city]
    title = "粮油经销商" if kind == "dealer" else "连锁超市"
    found = _partner(where, code, f"示例{place.short_name}{title}", kind, city)
    return found | {"joined": joined, "latitude": place.latitude, "longitude": place.longitude}


def _outlet(rng: np.random.Generator, where: Places, net: Outlets, i: int, days: list[date]) -> dict[str, object]:
    district, is_store, partner = str(net.district[i]), bool(net.store[i]), str(net.partner[i])
    before = FOUNDED + timedelta(days=int(rng.integers(60, 3000)))
    name = f"示例{where.centres[district].name}{'粮油店' if is_store else '团长'}{partner[1:]}"
    return _partner(where, partner, name, "store" if is_store else "group_leader", district) | {
        "parent": str(net.dealers[net.dealer[i]]),
        "joined": days[net.opens[i]] if net.opens[i] > 0 else min(before, days[0]),
        "left": days[net.closes[i] - 1] if net.closes[i] < len(days) else None,
        "latitude": float(net.latitude[i]),
        "longitude": float(net.longitude[i]),
    }


def _partner(where: Places, code: str, name: str, kind: str, region: str) -> dict[str, object]:
    return {
        "partner": str(code),
        "name": name,
        "kind": kind,
        "ownership": "independent",
        "region_scheme": SCHEME,
        "region": region,
        "city": where.centres[f"{region[:4]}00"].name,
    }


def territory_rows(where: Places, net: Outlets, months: list[date]) -> list[dict[str, object]]:
    """Rows of the territory table: every city has its dealer since the first month."""
    return [
        {"dealer": str(net.dealers[number]), "scheme": SCHEME, "region": city, "valid_from": months[0]}
        for number, cities in enumerate(where.plan.dealers)
        for city in cities
    ]
