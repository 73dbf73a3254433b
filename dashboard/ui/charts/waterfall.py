"""A waterfall: what is added and taken away, one bar after the other, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.ui.charts.changes import short
from dashboard.ui.charts.template import figure
from dashboard.ui.formatting import MINUS
from dashboard.ui.tokens import Palette


def waterfall(palette: Palette, steps: pd.DataFrame, total: str) -> go.Figure:
    """``steps``: columns name and units, from top to bottom; ``total`` names the last bar, their sum."""
    names = [*steps["name"].astype(str), total]
    values = [*(float(one) for one in steps["units"]), float(steps["units"].astype(float).sum())]
    # To the last digit, for the reader adds them up.
    told = [*(_spelled(abs(one), MINUS if one < 0 else "+") for one in values[:-1]), _spelled(values[-1], "")]
    chart = figure(palette, height=44 + 26 * len(names))
    chart.add_waterfall(
        orientation="h",
        y=list(range(len(names))),
        x=values,
        measure=[*["relative"] * len(steps), "total"],
        text=told,
        textposition="outside",
        textfont={"size": 11, "color": palette.text},
        cliponaxis=False,
        customdata=[[name, one] for name, one in zip(names, told, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        connector={"line": {"color": palette.line, "width": 1}},
        increasing={"marker": {"color": palette.muted}},
        decreasing={"marker": {"color": palette.line}},
        totals={"marker": {"color": palette.accent}},
    )
    low, high = _reach(values[:-1])
    room = 0.25 * max(high - low, 1e-9)
    chart.update_layout(hovermode="closest", showlegend=False)
    chart.update_xaxes(visible=False, zeroline=True, range=[low - room, high + room])
    ticks = {"tickvals": list(range(len(names))), "ticktext": [short(name) for name in names]}
    chart.update_yaxes(autorange="reversed", showgrid=False, **ticks)
    return chart


def _spelled(value: float, sign: str) -> str:
    """Up to three decimals, none that say nothing.

    >>> _spelled(1160.5, "+"), _spelled(64.0, "")
    ('+1,160.5', '64')
    """
    return sign + f"{value:,.3f}".rstrip("0").rstrip(".")


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """The least and the most that the running sum comes to, nothing included."""
    sums, running = [0.0], 0.0
    for value in values:
        running += value
        sums.append(running)
    return min(sums), max(sums)
