"""Centres of China's districts and cities, as the address package cpca ships them (GB/T 2260 codes)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


@dataclass(frozen=True, slots=True)
class Centre:
    """A region's GB/T 2260 code (6 digits), Chinese name and approximate centre in degrees."""

    code: str
    name: str
    latitude: float
    longitude: float

    @property
    def is_province(self) -> bool:
        return self.code.endswith("0000")

    @property
    def is_city(self) -> bool:
        """A prefecture-level city, or a municipality, which stands at province level."""
        municipality = self.code[:2] in MUNICIPALITIES
        return self.is_province if municipality else self.code.endswith("00") and not self.is_province

    @property
    def short_name(self) -> str:
        """The name as people say it: 石家庄 for 石家庄市."""
        return self.name.removesuffix("市").removesuffix("地区").removesuffix("盟")

    @property
    def latin_name(self) -> str:
        """The name in pinyin: Shijiazhuang."""
        # Its dictionaries take most of a second to import.
        from pypinyin import lazy_pinyin

        return "".join(lazy_pinyin(self.short_name)).capitalize()


@lru_cache(maxsize=1)
def china_centres() -> tuple[Centre, ...]:
    """Every region that has a centre, by code; read as a file, because importing the package loads its matcher."""
    spec = find_spec("cpca")
    if spec is None or not spec.submodule_search_locations:
        return ()
    file = Path(spec.submodule_search_locations[0]) / "resources" / "adcodes.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [
            Centre(row["adcode"][:6], row["name"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(lines)
            if row["latitude"] and row["longitude"] and row["adcode"].endswith("000000")
        ]
    return tuple(sorted(rows, key=lambda centre: centre.code))
