"""A daily line over the same days of the baseline period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.metrics.metric import Unit
from dashboard.ui.charts.template import figure, value_axis
from dashboard.ui.formatting import Format
from dashboard.ui.tokens import Palette

MANY_DAYS = 190
"""Days above which the foot of a chart names months instead of days."""


def trend(
    fmt: Format, palette: Palette, frame: pd.DataFrame, value: str, baseline: str, unit: Unit,
    partial: Sequence[bool] = (),
) -> go.Figure:  # fmt: skip
    """``frame``: ``day`` (date) and two columns of numbers, NaN where there is none (the line is broken there).

    ``partial``: which of the rows lack some of their data; they are ringed, and the legend says why.
    """
    chart = figure(palette, height=260)
    days = pd.to_datetime(frame["day"])
    now, before = frame[value].astype(float), frame[baseline].astype(float)
    t = fmt.words.t
    for series, name, line in (
        (before, t("chart.baseline"), {"color": palette.muted, "width": 1.25, "dash": "dot"}),
        (now, t("chart.period"), {"color": palette.accent, "width": 2.25}),
    ):
        chart.add_scatter(
            x=days,
            y=series,
            name=name,
            line=line,
            mode="lines+markers" if len(frame) == 1 else "lines",
            connectgaps=False,
            customdata=[fmt.full(one, unit) for one in series],
            hovertemplate="%{customdata}",
        )
    if any(partial):
        ring = {"symbol": "circle-open", "size": 9, "color": palette.text, "line": {"width": 1.5}}
        here = np.flatnonzero(partial)
        chart.add_scatter(
            x=days.iloc[here], y=now.iloc[here], name=t("partial.badge"), mode="markers", marker=ring, hoverinfo="skip",
        )  # fmt: skip
    both = pd.concat([now, before]).dropna()
    axis = value_axis(fmt, unit, float(both.min()), float(both.max())) if len(both) else {}
    chart.update_yaxes(axis)
    dated(chart, fmt, len(frame))
    return named_lines(chart, palette)


def dated(chart: go.Figure, fmt: Format, days: int) -> None:
    """Dates along the foot of a chart in the page's language; months where there are many days."""
    form = fmt.words.t("chart.month_format" if days > MANY_DAYS else "chart.day_format")
    chart.update_xaxes(tickformat=form, hoverformat="%Y-%m-%d", nticks=8)


def named_lines(chart: go.Figure, palette: Palette) -> go.Figure:
    """A small legend above the plot; the lines cross too often to be labelled at their ends."""
    return chart.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"color": palette.text},
            "traceorder": "reversed",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        margin_t=28,
    )
