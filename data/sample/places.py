"""Where the demo brand sells: twenty real cities of three provinces with their districts."""

from __future__ import annotations

from dataclasses import dataclass

from data.sources.china import Centre, china_centres

SCHEME = "gb-t-2260"

CITIES: dict[str, int] = {
    "130100": 11_235_086,
    "130200": 7_717_983,
    "130300": 3_136_879,
    "130400": 9_413_990,
    "130900": 7_300_783,
    "131000": 5_464_087,
    "370100": 9_202_432,
    "370200": 10_071_722,
    "370600": 7_102_116,
    "370700": 9_386_705,
    "370800": 8_357_897,
    "370900": 5_472_217,
    "371300": 11_018_365,
    "410100": 12_600_574,
    "410200": 4_824_016,
    "410300": 7_056_699,
    "410500": 5_477_614,
    "410700": 6_251_929,
    "411000": 4_379_998,
    "411300": 9_713_112,
}
"""City code → residents by the seventh national census (1 November 2020)."""

PROVINCES: dict[str, int] = {"130000": 74_610_235, "370000": 101_527_453, "410000": 99_365_519}
"""Province code → residents by the same census."""


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
    """Rows of the region table. Households and tiers, and residents of districts, stay empty: no source is at hand."""
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
        "population": CITIES.get(code, PROVINCES.get(code)),
    }


def urban(centre: Centre) -> bool:
    """Whether a district is an urban one (区), where most of the shops are."""
    return centre.name.endswith("区")
