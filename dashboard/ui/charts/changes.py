"""Horizontal bars of what moved a number: gains to the right, losses to the left, each with its sign and value."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics.metric import Favourable, Unit
from dashboard.ui.charts.template import figure
from dashboard.ui.formatting import Format
from dashboard.ui.tiles import colour_of
from dashboard.ui.tokens import Palette

LONGEST = 18
"""Characters of a name on the axis; the full one is in the hover and in the table."""

ROOM = 0.38
"""Share of the width kept free for labels beyond the longest bar, on either side."""


def changes(
    fmt: Format, palette: Palette, frame: pd.DataFrame, unit: Unit, favourable: Favourable, *, rises_red: bool
) -> go.Figure:
    """``frame``: columns name and change, in the order to draw. A rate's changes are percentage points."""
    numbers = frame["change"].astype(float)
    names = frame["name"].astype(str)
    told = [fmt.points(one) if unit is Unit.RATE else fmt.difference(one, unit) for one in numbers]
    chart = figure(palette, height=36 + 26 * max(len(frame), 1))
    chart.add_bar(
        y=list(range(len(frame))),
        x=numbers,
        orientation="h",
        marker={"color": [_colour(palette, one, favourable, rises_red=rises_red) for one in numbers]},
        width=0.62,
        text=told,
        textposition="outside",
        textfont={"size": 11, "color": palette.text},
        cliponaxis=False,
        customdata=[[name, one] for name, one in zip(names, told, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )
    reach = max(float(numbers.abs().max()) if len(numbers) else 0.0, 1e-9)
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    chart.update_layout(hovermode="closest")
    chart.update_xaxes(
        visible=False, zeroline=True, range=[low - (reach * ROOM if low else 0), high + (reach * ROOM if high else 0)]
    )
    chart.update_yaxes(
        autorange="reversed", tickvals=list(range(len(frame))), ticktext=[short(name) for name in names], showgrid=False
    )
    return chart


def short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _colour(palette: Palette, change: float, favourable: Favourable, *, rises_red: bool) -> str:
    """As on the tiles; the sign before the value says the same without colour."""
    way = 0 if change == 0 else 1 if change > 0 else -1
    named = {"red": palette.rise_red, "green": palette.fall_green, "gray": palette.muted}
    return named[colour_of(way, favourable, rises_red=rises_red)]
