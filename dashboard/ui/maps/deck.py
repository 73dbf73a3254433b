"""One map: backdrop, hexagons or points, names; drawn by one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pydeck as pdk

from analytics.metrics.metric import Unit
from dashboard.services.views import Heatmap, Place
from dashboard.ui.formatting import Format
from dashboard.ui.maps import layers
from dashboard.ui.maps.scale import Scale, growth_scale, in_stock_scale, value_scale
from dashboard.ui.maps.view import WIDTH, fitted, legible
from dashboard.ui.tokens import Palette

UNITS = {
    "sales": Unit.MONEY,
    "orders": Unit.COUNT,
    "buyers": Unit.COUNT,
    "growth": Unit.RATE,
    "in_stock_rate": Unit.RATE,
}
"""Unit of what is measured."""


NEAR = 0.35
"""Degrees within which a hexagon counts for a place's name."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The user's own additions to the map."""

    geojson: Path | None = None
    tile_url: str | None = None


def unit_of(view: Heatmap) -> Unit:
    """Unit of ``value``: a count that was divided is no whole number any more."""
    unit = UNITS[view.metric]
    return Unit.UNITS if view.per and unit is Unit.COUNT else unit


def scale_of(view: Heatmap, palette: Palette, *, rises_red: bool) -> Scale:
    if view.metric == "growth":
        return growth_scale(palette, rises_red=rises_red)
    if view.metric == "in_stock_rate":
        return in_stock_scale(palette)
    return value_scale(palette, *view.scale, unit_of(view))


def column_of(view: Heatmap) -> str:
    """The column that is coloured."""
    return "growth" if view.metric == "growth" else "value"


def described(fmt: Format, view: Heatmap, value: object, growth: object) -> str:
    """What a tooltip says about a cell or a point."""
    if view.metric == "growth":
        return fmt.change(_number(growth))
    if _number(value) is None:
        return fmt.words.t("map.unknown")
    # Of a quotient nobody reads three decimals.
    told = (fmt.value if view.per else fmt.full)(_number(value), unit_of(view))
    moved = fmt.points(_number(growth)) if view.metric == "in_stock_rate" else fmt.change(_number(growth))
    return fmt.words.t("map.tooltip", value=told, growth=moved)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def coloured(view: Heatmap, frame: pd.DataFrame, scale: Scale, palette: Palette) -> pd.DataFrame:
    """``frame`` with ``colour``; what has no number (no baseline) is drawn in the colour of the backdrop."""
    painted = [scale.colour(value) or palette.line for value in frame[column_of(view)]]
    return frame.assign(colour=painted)


class SharedDeck(pdk.Deck):  # type: ignore[misc] # pydeck is not typed
    """A map that is written out once and shown often."""

    _written: str | None = None

    def to_json(self) -> str:
        if self._written is None:
            self._written = str(super().to_json())
        return self._written


def deck(
    fmt: Format,
    palette: Palette,
    view: Heatmap,
    scale: Scale,
    *,
    kind: str,
    chosen: tuple[str, ...],
    extra: Backdrop,
    width: int = WIDTH,
) -> SharedDeck:
    """The map as hexagons (``kind`` "cells") or partner points ("points"), fitted to so many pixels."""
    frame = view.points.dropna(subset=["latitude", "longitude"]) if kind == layers.POINTS else view.cells
    where = fitted(frame["latitude"], frame["longitude"], width)
    drawn: list[pdk.Layer] = layers.tiles(extra.tile_url, where) if extra.tile_url else []
    if view.backdrop and not extra.tile_url:
        drawn.append(layers.backdrop(view.backdrop, palette))
    if extra.geojson:
        drawn.append(layers.outlines(extra.geojson, palette))
    rows = labelled(fmt, view, coloured(view, frame, scale, palette), kind)
    if kind == layers.POINTS:
        drawn.append(layers.points(rows.assign(radius=radii(view, rows)), palette))
    else:
        edge = 1.0 if legible(view.resolution, where.zoom) else 3.0
        drawn.append(layers.hexagons(rows.assign(chosen=rows["cell"].isin(chosen)), palette, edge=edge))
    drawn.append(layers.place_names(important(view.places, frame), fmt.words.language, palette, where.zoom))
    return SharedDeck(layers=drawn, initial_view_state=where, map_provider=None, tooltip=tooltip(palette))


def labelled(fmt: Format, view: Heatmap, rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    name = "name" if kind == layers.POINTS else "place"
    shown = [described(fmt, view, row.value, row.growth) for row in rows.itertuples()]
    return rows.assign(label=rows[name].astype(str).replace("", fmt.words.t("map.unnamed")), shown=shown)


def radii(view: Heatmap, rows: pd.DataFrame) -> pd.Series:
    """Radius by the square root, so that the area grows with the value; 1 at the largest shown. Rates have one size."""
    if unit_of(view) is Unit.RATE or rows.empty:
        return pd.Series(0.4, index=rows.index)
    values = rows["value"].astype(float).clip(lower=0)
    return (values / max(float(values.max()), 1e-9)) ** 0.5


def important(places: Sequence[Place], frame: pd.DataFrame) -> list[Place]:
    """Places amid the data first, then by weight: names are there to say where the colours are."""
    north, east = frame["latitude"].to_numpy(float), frame["longitude"].to_numpy(float)

    def near(place: Place) -> int:
        return int(((abs(north - place.latitude) < NEAR) & (abs(east - place.longitude) < NEAR)).sum())

    return sorted(places, key=lambda place: (near(place), place.weight), reverse=True)


def tooltip(palette: Palette) -> dict[str, object]:
    return {
        "text": "{label}\n{shown}",
        "style": {
            "backgroundColor": palette.surface,
            "color": palette.text,
            "fontSize": "13px",
            "border": f"1px solid {palette.line}",
            "borderRadius": "4px",
            "maxWidth": "260px",
        },
    }
