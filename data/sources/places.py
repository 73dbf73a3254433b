"""Positions against the regions that they are said to lie in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from data.lake.lake import Lake
from data.sources.china import Centre, china_centres
from data.sources.sections import Prepared
from data.sources.warned import Warned, examples
from data.store.records import Load

CHINESE = "gb-t-2260"
MARGIN_KM = 60.0
"""Added to how far a region's parts lie from its centre: a part has a size of its own."""
LEVELS_KM = {"province": 1200.0, "city": 300.0, "district": 150.0}
"""How far a region of the user's own may reach from its centre; any other level like a district."""
WIDE_DISTRICTS_KM, WIDE = 400.0, frozenset({"15", "54", "62", "63", "65"})
"""Districts of Inner Mongolia, Tibet, Gansu, Qinghai and Xinjiang reach further than cities elsewhere."""
_EARTH_KM = 6371.0


def far_from_region(section: Prepared, rows: ir.Table, centres: ir.Table) -> list[Warned]:
    """A warning about rows whose position lies outside of what their region can reach.

    ``centres``: scheme, code, north, east (degrees) and reach (kilometres).
    """
    names = set(section.names)
    scheme = next((name for name in ("region_scheme", "scheme") if name in names), None)
    if scheme is None or not {"latitude", "longitude", "region"} <= names:
        return []
    placed = rows.inner_join(centres, [rows[scheme] == centres.scheme, rows.region == centres.code])
    distance = _kilometres(placed)
    told = placed.mutate(km=distance.round(0).cast("int64"))
    far = told.filter(distance > told.reach)
    count = int(far.count().to_pyarrow().as_py())
    if not count:
        return []
    position = far.latitude.round(5).cast("string") + ", " + far.longitude.round(5).cast("string")
    shown = examples(far, position, region=far.region, km=far.km)
    return [Warned("far_from_region", section.table.name, "latitude", count, shown)]


def region_centres(lake: Lake, backend: Backend, loads: Sequence[Load]) -> ir.Table:
    """Centres of the regions that were loaded; of Chinese ones that were not, the published ones."""
    published = ibis.memtable(_published())
    known = [load.id for load in loads if load.tables.get("region")]
    if not known:
        return published
    rows = backend.read_parquet(lake.files("region"))
    own = rows.filter(rows.load_id.isin(known) & rows.latitude.notnull() & rows.longitude.notnull() & ~rows.deleted)
    reach = ibis.cases(
        *((own.level == level, reach) for level, reach in LEVELS_KM.items()), else_=LEVELS_KM["district"]
    )
    loaded = own.group_by("scheme", "code").aggregate(
        north=own.latitude.max(), east=own.longitude.max(), reach=reach.max()
    )
    return loaded.union(published.anti_join(loaded, ["scheme", "code"]).select(*loaded.columns))


def _kilometres(rows: ir.Table) -> ir.Value:
    """Great-circle distance of latitude/longitude and north/east (haversine)."""
    north, east = (rows.north - rows.latitude).radians(), (rows.east - rows.longitude).radians()
    half = (north / 2).sin() ** 2 + rows.latitude.radians().cos() * rows.north.radians().cos() * (east / 2).sin() ** 2
    return 2 * _EARTH_KM * half.sqrt().asin()


@lru_cache(maxsize=1)
def _published() -> pa.Table:
    """Every published centre with the reach of its region: that of its parts, as far as there are some."""
    known = china_centres()
    parts: dict[str, list[Centre]] = {}
    for centre in known:
        for above in {f"{centre.code[:2]}0000", f"{centre.code[:4]}00"} - {centre.code}:
            parts.setdefault(above, []).append(centre)
    rows = [
        {"scheme": CHINESE, "code": one.code, "north": one.latitude, "east": one.longitude, "reach": _reach(one, parts)}
        for one in known
    ]
    return pa.Table.from_pylist(rows)


def _reach(region: Centre, parts: dict[str, list[Centre]]) -> float:
    below = parts.get(region.code)
    if not below:
        return WIDE_DISTRICTS_KM if region.code[:2] in WIDE else LEVELS_KM["district"]
    widest = max(_between(region, part) for part in below)
    return widest + (WIDE_DISTRICTS_KM if region.code[:2] in WIDE else MARGIN_KM)


def _between(one: Centre, other: Centre) -> float:
    north, east = math.radians(other.latitude - one.latitude), math.radians(other.longitude - one.longitude)
    half = math.sin(north / 2) ** 2 + (
        math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude)) * math.sin(east / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
