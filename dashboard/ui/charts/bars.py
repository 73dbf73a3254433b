"""Horizontal bars of the largest few, each labelled with its value."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics.metric import Unit
from dashboard.ui.charts.template import figure
from dashboard.ui.formatting import Format
from dashboard.ui.tokens import Palette

LONGEST = 18
"""Characters of a name on the axis; the full one is in the hover and in the table."""


def bars(fmt: Format, palette: Palette, frame: pd.DataFrame, label: str, value: str, unit: Unit) -> go.Figure:
    """``frame``: the rows to draw, largest first."""
    numbers = frame[value].astype(float).fillna(0)
    chart = figure(palette, height=36 + 26 * max(len(frame), 1))
    names = frame[label].astype(str)
    chart.add_bar(
        y=list(range(len(frame))),
        x=numbers,
        orientation="h",
        marker={"color": palette.accent},
        width=0.62,
        text=[fmt.value(one, unit) for one in numbers],
        textposition="outside",
        textfont={"size": 11, "color": palette.text},
        cliponaxis=False,
        customdata=[[name, fmt.full(one, unit)] for name, one in zip(names, numbers, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )
    chart.update_layout(hovermode="closest")
    # Room for the label of the longest bar.
    chart.update_xaxes(visible=False, range=[min(0.0, float(numbers.min())), max(float(numbers.max()), 1e-9) * 1.25])
    chart.update_yaxes(
        autorange="reversed", tickvals=list(range(len(frame))), ticktext=[short(name) for name in names], showgrid=False
    )
    return chart


def short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
