"""Orientation without tiles or boundaries: faint hexagons and place names around what is shown."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

import pandas as pd

from analytics.core.geo import cell_of
from dashboard.services.views import Place
from data.sources.china import china_centres

CHINA = (18.0, 54.0, 73.0, 135.5)
"""South, north, west, east in degrees."""

BACKDROP_RESOLUTION = 4
PLACES_SHOWN = 60
MARGIN_DEGREES = 1.5


def backdrop_of(latitudes: pd.Series[float], longitudes: pd.Series[float], resolution: int) -> tuple[str, ...]:
    """H3 cells that hold a district's centre, around the given positions; empty outside China."""
    if not _in_china(latitudes, longitudes):
        return ()
    south, north = latitudes.min() - MARGIN_DEGREES, latitudes.max() + MARGIN_DEGREES
    west, east = longitudes.min() - MARGIN_DEGREES, longitudes.max() + MARGIN_DEGREES
    near = [
        cell
        for latitude, longitude, cell in _district_cells(min(resolution, BACKDROP_RESOLUTION + 1))
        if south <= latitude <= north and west <= longitude <= east
    ]
    return tuple(sorted(set(near)))


def places_of(cells: pd.DataFrame) -> tuple[Place, ...]:
    """Names to find one's way by: China's cities near the cells, elsewhere the places the data name themselves."""
    if cells.empty:
        return ()
    if _in_china(cells["latitude"], cells["longitude"]):
        return _chinese_cities(cells)
    named = cells[cells["place"] != ""]
    grouped = named.groupby("place", as_index=False).agg(
        latitude=("latitude", "mean"), longitude=("longitude", "mean"), weight=("measured", "sum")
    )
    top = grouped.sort_values(["weight", "place"], ascending=[False, True]).head(PLACES_SHOWN)
    return tuple(_own_name(row) for row in top.to_dict("records"))


def _own_name(row: dict[Hashable, Any]) -> Place:
    title = str(row["place"]).title()
    return Place({"zh": title, "en": title}, row["latitude"], row["longitude"], row["weight"])


def _chinese_cities(cells: pd.DataFrame) -> tuple[Place, ...]:
    south, north = cells["latitude"].min() - MARGIN_DEGREES, cells["latitude"].max() + MARGIN_DEGREES
    west, east = cells["longitude"].min() - MARGIN_DEGREES, cells["longitude"].max() + MARGIN_DEGREES
    return tuple(
        Place({"zh": centre.short_name, "en": centre.latin_name}, centre.latitude, centre.longitude, 1.0)
        for centre in china_centres()
        if centre.is_city and south <= centre.latitude <= north and west <= centre.longitude <= east
    )


def _in_china(latitudes: pd.Series[float], longitudes: pd.Series[float]) -> bool:
    if latitudes.empty:
        return False
    south, north, west, east = CHINA
    return bool(south <= latitudes.median() <= north and west <= longitudes.median() <= east)


@lru_cache(maxsize=8)
def _district_cells(resolution: int) -> tuple[tuple[float, float, str], ...]:
    return tuple(
        (centre.latitude, centre.longitude, str(cell_of(centre.latitude, centre.longitude, resolution)))
        for centre in china_centres()
    )
