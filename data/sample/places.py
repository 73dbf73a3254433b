"""Where the demo brand sells: real cities with their districts, and invented figures of who lives there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.sample.parameters import Size
from data.sources.china import Centre, china_centres

SCHEME = "gb-t-2260"

CITIES: dict[str, float] = {
    "130100": 11.2,
    "130200": 7.7,
    "130300": 3.1,
    "130400": 9.4,
    "130900": 7.3,
    "131000": 5.4,
    "370100": 9.2,
    "370200": 10.0,
    "370600": 7.1,
    "370700": 9.3,
    "370800": 8.3,
    "370900": 5.4,
    "371300": 11.0,
    "410100": 12.6,
    "410200": 4.8,
    "410300": 7.0,
    "410500": 5.4,
    "410700": 6.2,
    "411000": 4.3,
    "411300": 9.7,
}
"""City code → its weight in the regional world, in invented millions of residents; no statistic."""

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
REGIONAL = {"13": "130100", "37": "370700", "41": "410100"}
"""Province → the city where its regional warehouse stands."""
NATIONAL = ("13", "14", "21", "32", "33", "34", "37", "41", "42", "43", "51", "61")
"""Provinces of the national world."""

PERSONS_PER_HOUSEHOLD = 2.7


@dataclass(frozen=True, slots=True)
class Layout:
    """Cities by weight and what stands where. ``regional``: province (two digits) → city of its warehouse."""

    cities: dict[str, float]
    dealers: tuple[tuple[str, ...], ...]
    supermarkets: tuple[str, ...]
    regional: dict[str, str]

    @property
    def codes(self) -> list[str]:
        return list(self.cities)

    @property
    def province(self) -> np.ndarray:
        """Index of each city's province among :attr:`regional`."""
        known = list(self.regional)
        return np.array([known.index(code[:2]) for code in self.cities])

    @property
    def dealer(self) -> np.ndarray:
        """Index of each city's dealer."""
        found = {city: number for number, cities in enumerate(self.dealers) for city in cities}
        return np.array([found[city] for city in self.cities])


def layout(rng: np.random.Generator, size: Size) -> Layout:
    """The regional world as listed above, or a national one with a dealer for every city."""
    if not size.national:
        return Layout(CITIES, DEALER_CITIES, SUPERMARKET_CITIES[: size.supermarkets], dict(REGIONAL))
    centres = [c.code for c in china_centres() if c.is_city and c.code[:2] in NATIONAL]
    with_districts = {c.code[:4] for c in china_centres() if not c.is_city and not c.is_province}
    codes = [code for code in centres if code[:4] in with_districts]
    weights = dict(zip(codes, np.round(np.clip(rng.lognormal(1.6, 0.5, len(codes)), 1, 25), 1).tolist(), strict=True))
    first = {code[:2]: code for code in reversed(codes)}
    largest = sorted(codes, key=lambda code: -weights[code])[: size.supermarkets]
    return Layout(weights, tuple((code,) for code in codes), tuple(largest), {p: first[p] for p in NATIONAL})


@dataclass(frozen=True, slots=True)
class Places:
    """Provinces, cities and districts by code; ``districts`` lists each city's districts in code order.

    ``households`` is known for districts; ``potential`` is a district's demand per household against the mean.
    """

    plan: Layout
    centres: dict[str, Centre]
    districts: dict[str, tuple[Centre, ...]]
    households: dict[str, int]
    potential: dict[str, float]


def places(rng: np.random.Generator, plan: Layout, *, spread: float) -> Places:
    """Every city of ``plan``, its province and all its districts that have a centre."""
    four = {code[:4] for code in plan.cities}
    wanted = {f"{code[:2]}0000" for code in plan.cities}
    inside = [c for c in china_centres() if c.code in wanted or c.code[:4] in four]
    districts = {city: tuple(c for c in inside if c.code[:4] == city[:4] and c.code != city) for city in plan.cities}
    households: dict[str, int] = {}
    potential: dict[str, float] = {}
    for city, weight in plan.cities.items():
        shares = rng.dirichlet([3.0 if urban(one) else 2.0 for one in districts[city]])
        found = np.round(shares * weight * 1e6 / PERSONS_PER_HOUSEHOLD, -3).astype(int)
        drawn = rng.lognormal(0, spread, len(found)).round(4)
        for one, number, pull in zip(districts[city], found.tolist(), drawn.tolist(), strict=True):
            households[one.code] = max(number, 1000)
            potential[one.code] = pull
    return Places(plan, {centre.code: centre for centre in inside}, districts, households, potential)


def region_rows(where: Places) -> list[dict[str, object]]:
    """Rows of the region table; residents and households are invented and add up from districts to provinces."""
    totals: dict[str, int] = dict(where.households)
    for code, number in where.households.items():
        for above in (f"{code[:4]}00", f"{code[:2]}0000"):
            totals[above] = totals.get(above, 0) + number
    return [_row(centre, totals[centre.code], where.plan) for centre in where.centres.values()]


def _row(centre: Centre, households: int, plan: Layout) -> dict[str, object]:
    code = centre.code
    if centre.is_province:
        level, parent = "province", None
    elif centre.code in plan.cities:
        level, parent = "city", f"{code[:2]}0000"
    else:
        level, parent = "district", f"{code[:4]}00"
    weight = plan.cities.get(code, 0.0)
    tier = "new1" if weight >= 12 else "2" if weight >= 9 else "3" if weight >= 6 else "4"
    return {
        "scheme": SCHEME,
        "code": code,
        "name": centre.name,
        "level": level,
        "parent": parent,
        "latitude": centre.latitude,
        "longitude": centre.longitude,
        "population": round(households * PERSONS_PER_HOUSEHOLD),
        "households": households,
        "city_tier": tier if level == "city" else None,
    }


def urban(centre: Centre) -> bool:
    """Whether a district is an urban one (区), where most of the shops are."""
    return centre.name.endswith("区")
