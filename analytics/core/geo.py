"""Positions and the H3 hexagons they fall into."""

from __future__ import annotations

import h3

RESOLUTIONS = (4, 5, 6, 7, 8)
"""H3 resolutions that maps offer: hexagons of about 1,770, 253, 36, 5 and 0.7 km²."""


def cell_of(latitude: float | None, longitude: float | None, resolution: int) -> str | None:
    """H3 index of a WGS-84 position; None without a position.

    >>> cell_of(39.9042, 116.4074, 5)
    '8531aa43fffffff'
    """
    if latitude is None or longitude is None:
        return None
    return str(h3.latlng_to_cell(latitude, longitude, resolution))


def centre_of(cell: str) -> tuple[float, float]:
    """Latitude and longitude of a cell's centre."""
    latitude, longitude = h3.cell_to_latlng(cell)
    return float(latitude), float(longitude)


def is_cell(text: str) -> bool:
    return bool(h3.is_valid_cell(text))


def resolution_of(cell: str) -> int:
    return int(h3.get_resolution(cell))
