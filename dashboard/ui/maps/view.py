"""The part of the earth that a map shows first, fitted to what is on it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pydeck as pdk

WIDTH, NARROW, HEIGHT = 500, 400, 480
"""Pixels a desktop gives a map, and one of two side by side; a phone shows the middle of the same view."""

CLOSEST, FARTHEST = 10.5, 2.0
TRIM = 0.01
"""Share of places on either side that may lie outside: one shop abroad must not shrink a country to a dot."""


def fitted(latitudes: pd.Series, longitudes: pd.Series, width: int = WIDTH) -> pdk.ViewState:
    """A view that holds the places; the middle of China when there are none."""
    if latitudes.empty:
        return pdk.ViewState(latitude=34.5, longitude=108.5, zoom=3.2)
    south, north = spread(latitudes)
    west, east = spread(longitudes)
    return pdk.ViewState(
        latitude=(south + north) / 2,
        longitude=(west + east) / 2,
        zoom=zoom_of(east - west, mercator(north) - mercator(south), width),
    )


def spread(values: pd.Series) -> tuple[float, float]:
    known = values.dropna().astype(float)
    if len(known) < 50:
        return float(known.min()), float(known.max())
    return float(np.quantile(known, TRIM)), float(np.quantile(known, 1 - TRIM))


def mercator(latitude: float) -> float:
    """Degrees of height on a Mercator map."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def zoom_of(wide: float, high: float, width: int = WIDTH) -> float:
    """deck.gl's zoom at which that many degrees fit, with a margin."""
    margin = 1.18
    fits = [
        math.log2(360 * pixels / (512 * max(degrees, 1e-6) * margin))
        for pixels, degrees in ((width, wide), (HEIGHT, high))
    ]
    return round(min(max(min(fits), FARTHEST), CLOSEST), 2)


WIDTHS = {4: 0.40, 5: 0.153, 6: 0.058, 7: 0.022, 8: 0.0083}
"""Degrees that an H3 hexagon of a resolution is wide, near the middle latitudes."""

LEGIBLE = 11
"""Pixels below which a hexagon is a dot."""


def legible(resolution: int, zoom: float) -> bool:
    return WIDTHS[resolution] * 512 * 2**zoom / 360 >= LEGIBLE


def fitting_resolution(latitudes: pd.Series, longitudes: pd.Series) -> int:
    """The finest hexagons that are still legible when the map shows all the places."""
    zoom = fitted(latitudes, longitudes).zoom
    return max((resolution for resolution in WIDTHS if legible(resolution, zoom)), default=min(WIDTHS))
