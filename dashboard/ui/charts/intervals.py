"""Figures of several policies side by side, each a dot with its interval."""

from __future__ import annotations

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics.metric import Unit
from dashboard.ui.charts.template import figure, value_axis
from dashboard.ui.charts.trend import named_lines
from dashboard.ui.formatting import Format
from dashboard.ui.tokens import Palette

WIDE = 16
"""Characters of a scenario in a line of the axis: on a phone the picture needs the room."""

SYMBOLS = ("circle", "diamond", "square", "triangle-up")


def intervals(fmt: Format, palette: Palette, rows: pd.DataFrame, unit: Unit) -> go.Figure:
    """``rows``: columns scenario, policy (both as people read them), value, low, high; in the order to draw."""
    scenarios, policies = list(dict.fromkeys(rows["scenario"])), list(dict.fromkeys(rows["policy"]))
    chart = figure(palette, height=120 + 26 * len(rows))
    colours = (palette.accent, palette.text, palette.muted)
    for at, policy in enumerate(policies):
        mine = rows[rows["policy"] == policy]
        shift = (at - (len(policies) - 1) / 2) * 0.5 / max(len(policies), 1)
        value = mine["value"].astype(float)
        colour = colours[min(at, len(colours) - 1)]
        chart.add_scatter(
            x=value,
            y=[scenarios.index(one) + shift for one in mine["scenario"]],
            name=policy,
            mode="markers",
            marker={"size": 10, "color": colour, "symbol": SYMBOLS[at % len(SYMBOLS)]},
            error_x={
                "array": (mine["high"] - value).fillna(0.0), "arrayminus": (value - mine["low"]).fillna(0.0),
                "color": colour, "thickness": 1.5,
            },
            customdata=[[fmt.full(one, unit) for one in row] for row in mine[["value", "low", "high"]].to_numpy()],
            hovertemplate="%{customdata[0]} (%{customdata[1]} – %{customdata[2]})",
        )  # fmt: skip
    ends = rows[["low", "high", "value"]].astype(float)
    axis = value_axis(fmt, unit, float(ends.min().min()) if unit is Unit.RATE else 0.0, float(ends.max().max()))
    chart.update_xaxes(axis)
    chart.update_layout(hovermode="closest")
    chart.update_yaxes(
        tickvals=list(range(len(scenarios))),
        ticktext=["<br>".join(wrap(one, WIDE)) for one in scenarios],
        range=[len(scenarios) - 0.5, -0.5],
        showgrid=False,
    )
    return named_lines(chart, palette)
