"""Where the demo brand sells: twenty real cities of three provinces with their districts."""

from __future__ import annotations

from dataclasses import dataclass

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
"""City code → its weight in the demo world, roughly millions of residents; no statistic, and never shown as one."""

PROVINCES = ("130000", "370000", "410000")


@dataclass(frozen=True, slots=True)
class Places:
    """Provinces, cities and districts by code; ``districts`` lists each city's districts in code order."""

    centres: dict[str, Centre]
    districts: dict[str, tuple[Centre, ...]]


def places() -> Places:
    """The three provinces, the cities of :data:`CITIES` and all their districts that have a centre."""
    wanted = {*PROVINCES, *CITIES}
    inside = [c for c in china_centres() if c.code in wanted or f"{c.code[:4]}00" in CITIES]
    districts = {city: tuple(c for c in inside if c.code[:4] == city[:4] and c.code != city) for city in CITIES}
    return Places({centre.code: centre for centre in inside}, districts)


def region_rows(where: Places) -> list[dict[str, object]]:
    """Rows of the region table. Residents, households and tiers stay empty: no source is at hand."""
    return [_row(centre) for centre in where.centres.values()]


def _row(centre: Centre) -> dict[str, object]:
    code = centre.code
    if centre.is_province:
        level, parent = "province", None
    elif centre.is_city:
        level, parent = "city", f"{code[:2]}0000"
    else:
        level, parent = "district", f"{code[:4]}00"
    return {
        "scheme": SCHEME,
        "code": code,
        "name": centre.name,
        "level": level,
        "parent": parent,
        "latitude": centre.latitude,
        "longitude": centre.longitude,
    }


def urban(centre: Centre) -> bool:
    """Whether a district is an urban one (区), where most of the shops are."""
    return centre.name.endswith("区")
