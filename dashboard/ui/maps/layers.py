"""Layers of a map; colours come in as ``#rrggbb`` per row, words ready to be shown."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pydeck as pdk

from analytics.core.errors import DomainError
from dashboard.services.views import Place
from dashboard.ui.maps.view import mercator
from dashboard.ui.tokens import FONTS, Palette, rgba

MOST_LABELS = 80
LETTER, LINE = 6.8, 17.0
"""Pixels of a Latin letter (a Chinese one is twice as wide) and of a line of text."""

CELLS, POINTS = "cells", "points"
"""Layer ids; a selection comes back under them."""


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def hexagons(rows: pd.DataFrame, palette: Palette, *, edge: float) -> pdk.Layer:
    """``rows``: cell, colour, chosen (bool), label, shown. ``edge``: pixels, so that tiny hexagons remain visible."""
    data = [
        {
            "cell": row["cell"],
            "fill": rgba(row["colour"], 225),
            "edge": rgba(palette.text if row["chosen"] else row["colour"]),
            "label": row["label"],
            "shown": row["shown"],
        }
        for row in records(rows)
    ]
    return pdk.Layer(
        "H3HexagonLayer",
        data,
        id=CELLS,
        get_hexagon="cell",
        get_fill_color="fill",
        get_line_color="edge",
        line_width_min_pixels=edge,
        extruded=False,
        pickable=True,
        auto_highlight=True,
        high_precision=True,
    )


def points(rows: pd.DataFrame, palette: Palette) -> pdk.Layer:
    """``rows``: partner, latitude, longitude, colour, radius (0 to 1), label, shown."""
    data = [
        {
            "partner": row["partner"],
            "at": [row["longitude"], row["latitude"]],
            "fill": rgba(row["colour"], 215),
            "radius": 3 + 11 * row["radius"],
            "label": row["label"],
            "shown": row["shown"],
        }
        for row in records(rows)
    ]
    return pdk.Layer(
        "ScatterplotLayer",
        data,
        id=POINTS,
        get_position="at",
        get_fill_color="fill",
        get_radius="radius",
        radius_units=pdk.types.String("pixels"),
        get_line_color=rgba(palette.background),
        stroked=True,
        line_width_min_pixels=1,
        pickable=True,
        auto_highlight=True,
    )


def backdrop(cells: Sequence[str], palette: Palette) -> pdk.Layer:
    """Faint hexagons of the inhabited land, so that people find their place without boundaries."""
    return pdk.Layer(
        "H3HexagonLayer",
        [{"cell": cell} for cell in cells],
        id="backdrop",
        get_hexagon="cell",
        get_fill_color=rgba(palette.line, 110),
        extruded=False,
        stroked=False,
        pickable=False,
        high_precision=True,
    )


def place_names(places: Sequence[Place], language: str, palette: Palette, zoom: float) -> pdk.Layer:
    """Names in the page's language, the first the most important, thinned out so that none covers another."""
    data = [
        {"name": name_of(place, language), "at": [place.longitude, place.latitude]}
        for place in spaced(places, language, zoom)
    ]
    return pdk.Layer(
        "TextLayer",
        data,
        id="places",
        get_position="at",
        get_text="name",
        get_size=13,
        get_color=rgba(palette.text),
        # Without it the layer draws ASCII alone, and Chinese names vanish.
        character_set=pdk.types.String("auto"),
        font_family=pdk.types.String(FONTS.replace('"', "'")),
        # Above its place, on a veil of the page's colour: a name must neither hide a hexagon nor drown in it.
        get_pixel_offset=[0, -15],
        background=True,
        get_background_color=rgba(palette.background, 150),
        background_padding=[2, 0],
        get_text_anchor=pdk.types.String("middle"),
        get_alignment_baseline=pdk.types.String("center"),
        pickable=False,
    )


def name_of(place: Place, language: str) -> str:
    return place.names.get(language) or next(iter(place.names.values()), "")


def spaced(places: Sequence[Place], language: str, zoom: float) -> list[Place]:
    """The places whose labels find room; the first come first."""
    kept: list[tuple[Place, float, float, float]] = []
    per_degree = 512 * 2**zoom / 360
    for place in places:
        x, y = place.longitude * per_degree, mercator(place.latitude) * per_degree
        half = sum(LETTER if ord(letter) < 0x2E80 else 2 * LETTER for letter in name_of(place, language)) / 2 + 3
        if all(abs(x - at) > half + other or abs(y - up) > LINE for _, at, up, other in kept):
            kept.append((place, x, y, half))
        if len(kept) == MOST_LABELS:
            break
    return [place for place, _, _, _ in kept]


def outlines(file: Path, palette: Palette) -> pdk.Layer:
    """The user's own boundaries; raises DomainError ``geojson_unreadable``."""
    try:
        shapes = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DomainError("geojson_unreadable", file=file.name, reason=type(problem).__name__) from problem
    return pdk.Layer(
        "GeoJsonLayer",
        shapes,
        id="outlines",
        filled=False,
        stroked=True,
        pickable=False,
        get_line_color=rgba(palette.muted, 160),
        line_width_min_pixels=1,
    )


def tiles(template: str, view: pdk.ViewState) -> list[pdk.Layer]:
    """Pictures of the user's own tile server around the first view (``template`` has {z}, {x} and {y})."""
    zoom = max(int(view.zoom) + 1, 1)
    count = 2**zoom
    column = (view.longitude + 180) / 360 * count
    radians = math.radians(view.latitude)
    row = (1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2 * count
    return [
        pdk.Layer(
            "BitmapLayer",
            id=f"tile.{zoom}.{x}.{y}",
            bounds=tile_bounds(zoom, x, y),
            pickable=False,
            image=pdk.types.String(
                template.replace("{z}", str(zoom)).replace("{x}", str(x % count)).replace("{y}", str(y))
            ),
        )
        for x in range(int(column) - 3, int(column) + 4)
        for y in range(max(int(row) - 3, 0), min(int(row) + 4, count))
    ]


def tile_bounds(zoom: int, x: int, y: int) -> list[float]:
    """West, south, east, north of a Web Mercator tile."""
    count = 2**zoom

    def latitude(line: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * line / count))))

    return [x / count * 360 - 180, latitude(y + 1), (x + 1) / count * 360 - 180, latitude(y)]
