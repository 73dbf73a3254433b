"""The demo brand's partners as a tree, their territories, and the nodes that hold stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.sample.parameters import WorldParameters
from data.sample.places import CITIES, SCHEME, Places, urban

KM_PER_DEGREE = 111.2
FOUNDED = date(2015, 3, 1)

DEALER_CITIES: tuple[tuple[str, ...], ...] = (
    ("130100",),
    ("130200", "130300"),
    ("130400", "130900"),
    ("131000",),
    ("370100", "370900"),
    ("370200", "370600"),
    ("370700",),
    ("370800", "371300"),
    ("410100",),
    ("410200", "410500"),
    ("410300", "411000"),
    ("410700", "411300"),
)
"""Cities of dealer D01, D02 …; each city has one dealer."""

SUPERMARKET_CITIES = ("130100", "370100", "370200", "410100")
PLANTS = (("GC1", "130100"), ("GC2", "411000"))
CENTRAL = ("ZC1", "370100")
REGIONAL = {"13": ("QC13", "130100"), "37": ("QC37", "370700"), "41": ("QC41", "410100")}
"""Province → its regional warehouse and the city where that stands."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Stores and group leaders as parallel arrays; ``city`` indexes the city list, months count from the first one.

    ``size`` is an outlet's share of its city's demand in its kind, ``growth`` its yearly growth beside the city's.
    """

    partner: np.ndarray
    store: np.ndarray
    dealer: np.ndarray
    city: np.ndarray
    district: np.ndarray
    size: np.ndarray
    growth: np.ndarray
    opens: np.ndarray
    closes: np.ndarray


def dealer_of_city() -> dict[str, str]:
    """City → the dealer who is responsible for it."""
    return {city: f"D{number:02d}" for number, cities in enumerate(DEALER_CITIES, 1) for city in cities}


def outlets(rng: np.random.Generator, where: Places, world: WorldParameters) -> Outlets:
    """Stores and leaders, spread over cities by residents, over districts with a preference for urban ones."""
    city = np.concatenate([_spread(world.stores), _spread(world.leaders)])
    store = np.arange(len(city)) < world.stores
    codes, dealers = list(CITIES), dealer_of_city()
    number = np.where(store, np.arange(len(city)) + 1, np.arange(len(city)) + 1 - world.stores)
    opens, closes = _lifetimes(rng, city, store, world)
    return Outlets(
        partner=np.array([f"S{n:03d}" if is_store else f"G{n:02d}" for n, is_store in zip(number, store, strict=True)]),
        store=store,
        dealer=np.array([dealers[codes[c]] for c in city]),
        city=city,
        district=np.array([_district(rng, where, codes[c]) for c in city]),
        size=_sizes(rng, city, store, world),
        growth=rng.normal(0, world.partner_growth_spread, len(city)),
        opens=opens,
        closes=closes,
    )


def _spread(count: int) -> np.ndarray:
    """Outlets per city in proportion to the root of its residents, two at least, in the order of the dealers."""
    order = [city for cities in DEALER_CITIES for city in cities]
    weights = np.sqrt([CITIES[city] for city in order])
    exact = 2 + weights / weights.sum() * (count - 2 * len(order))
    whole = np.floor(exact).astype(int)
    for extra in np.argsort(whole - exact, kind="stable")[: count - whole.sum()]:
        whole[extra] += 1
    codes = list(CITIES)
    return np.repeat([codes.index(city) for city in order], whole)


def _district(rng: np.random.Generator, where: Places, city: str) -> str:
    districts = where.districts[city]
    weights = np.array([4.0 if urban(district) else 1.0 for district in districts])
    return districts[int(rng.choice(len(districts), p=weights / weights.sum()))].code


def _sizes(rng: np.random.Generator, city: np.ndarray, store: np.ndarray, world: WorldParameters) -> np.ndarray:
    """Dirichlet shares within each city and kind: few outlets are large, many are small."""
    size = np.zeros(len(city))
    for kind in (True, False):
        for place in np.unique(city):
            members = np.flatnonzero((city == place) & (store == kind))
            size[members] = rng.dirichlet(np.full(len(members), world.partner_size_concentration))
    return size


def _lifetimes(
    rng: np.random.Generator, city: np.ndarray, store: np.ndarray, world: WorldParameters
) -> tuple[np.ndarray, np.ndarray]:
    """First month of each outlet and the month after its last.

    The first store and the first leader of each city stay throughout, so that no city is ever left without one.
    """
    count = len(city)
    opens, closes = np.zeros(count, dtype=int), np.full(count, world.months + 1)
    fate = rng.random(count)
    _, staying = np.unique(city * 2 + store, return_index=True)
    fate[staying] = 0.5
    late, gone = fate < world.opened_inside, fate > 1 - world.closed_inside
    opens[late] = rng.integers(2, world.months - 2, late.sum())
    closes[gone] = rng.integers(6, world.months - 1, gone.sum())
    return opens, closes


def partner_rows(
    rng: np.random.Generator, where: Places, net: Outlets, months: list[date], world: WorldParameters
) -> list[dict[str, object]]:
    """Rows of the partner table: dealers, their stores and leaders, and supermarkets of their own."""
    rows = [_dealer(where, number, cities[0]) for number, cities in enumerate(DEALER_CITIES, 1)]
    rows += [_supermarket(where, number, city) for number, city in enumerate(SUPERMARKET_CITIES, 1)]
    lost = set(rng.choice(np.arange(1, len(net.partner)), world.without_position, replace=False).tolist())
    for i in range(len(net.partner)):
        rows.append(_outlet(rng, where, net, i, months))
        if i in lost:
            rows[-1] |= {"latitude": None, "longitude": None}
    return rows


def _dealer(where: Places, number: int, city: str) -> dict[str, object]:
    name = f"示例{where.centres[city].name.removesuffix('市')}粮油经销商"
    return _partner(where, f"D{number:02d}", name, "dealer", city, joined=FOUNDED + timedelta(days=97 * number))


def _supermarket(where: Places, number: int, city: str) -> dict[str, object]:
    name = f"示例{where.centres[city].name.removesuffix('市')}连锁超市"
    return _partner(where, f"M{number}", name, "supermarket", city, joined=FOUNDED + timedelta(days=400 + 150 * number))


def _outlet(rng: np.random.Generator, where: Places, net: Outlets, i: int, months: list[date]) -> dict[str, object]:
    district, is_store, partner = str(net.district[i]), bool(net.store[i]), str(net.partner[i])
    place = where.centres[district]
    before = FOUNDED + timedelta(days=int(rng.integers(60, 3000)))
    return _partner(
        where,
        partner,
        f"示例{place.name}{'粮油店' if is_store else '团长'}{partner[1:]}",
        "store" if is_store else "group_leader",
        district,
        parent=str(net.dealer[i]),
        joined=months[net.opens[i]] if net.opens[i] > 0 else min(before, months[0]),
        left=months[net.closes[i]] - timedelta(days=1) if net.closes[i] < len(months) else None,
        offset_km=rng.normal(0, 1.4, 2),
    )


def _partner(
    where: Places, code: str, name: str, kind: str, region: str, *, offset_km: np.ndarray | None = None, **more: object
) -> dict[str, object]:
    """A row whose position is its region's centre, moved by ``offset_km`` (north, east)."""
    north, east = (0.0, 0.0) if offset_km is None else (float(offset_km[0]), float(offset_km[1]))
    place = where.centres[region]
    return {
        "partner": code,
        "name": name,
        "kind": kind,
        "ownership": "independent",
        "region_scheme": SCHEME,
        "region": region,
        "city": where.centres[f"{region[:4]}00"].name,
        "latitude": round(place.latitude + north / KM_PER_DEGREE, 6),
        "longitude": round(place.longitude + east / (KM_PER_DEGREE * np.cos(np.radians(place.latitude))), 6),
        **more,
    }


def territory_rows(months: list[date]) -> list[dict[str, object]]:
    """Rows of the territory table: every city has its dealer since the first month."""
    return [
        {"dealer": dealer, "scheme": SCHEME, "region": city, "valid_from": months[0]}
        for city, dealer in dealer_of_city().items()
    ]


def node_rows(where: Places, partners: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of the node table: plants, warehouses, and one node for each dealer and store."""
    own: list[tuple[str, str, str, str, int, int | None]] = [
        (code, "plant", city, "示例工厂", 120_000, None) for code, city in PLANTS
    ]
    own += [(CENTRAL[0], "central", CENTRAL[1], "示例中心仓", 80_000, 72)]
    own += [(code, "regional", city, "示例区域仓", 30_000, 48) for code, city in REGIONAL.values()]
    rows: list[dict[str, object]] = [
        {
            "node": code,
            "name": f"{title}·{where.centres[city].name.removesuffix('市')}",
            "kind": kind,
            "region_scheme": SCHEME,
            "region": city,
            "latitude": where.centres[city].latitude,
            "longitude": where.centres[city].longitude,
            "capacity": capacity,
            "promise_hours": promise,
        }
        for code, kind, city, title, capacity, promise in own
    ]
    return rows + [_partner_node(row) for row in partners if row["kind"] in {"dealer", "store"}]


def _partner_node(partner: dict[str, object]) -> dict[str, object]:
    is_store = partner["kind"] == "store"
    copied = {name: partner[name] for name in ("partner", "region_scheme", "region", "latitude", "longitude")}
    return copied | {
        "node": f"N{partner['partner']}",
        "name": f"{partner['name']}{'' if is_store else '仓'}",
        "kind": "store" if is_store else "dealer",
        "capacity": 800 if is_store else 9_000,
        "promise_hours": 2 if is_store else 24,
    }
