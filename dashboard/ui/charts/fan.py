"""History with stock-outs marked, the forecast's fan, and lines that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from analytics.metrics.metric import Unit
from dashboard.ui.charts.template import figure, value_axis
from dashboard.ui.charts.trend import dated, named_lines
from dashboard.ui.formatting import Format
from dashboard.ui.tokens import Palette

MANY = 0.05
"""Of a group, a period is marked where more than this share of its series was out of stock: somewhere one always is."""


def fan(
    fmt: Format, palette: Palette, history: pd.DataFrame, ahead: pd.DataFrame, events: Mapping[pd.Timestamp, str]
) -> go.Figure:
    """``history``: period, sold, demand, out; ``ahead``: period, mean, low, high; ``events``: period → name."""
    chart = figure(palette, height=340)
    past = history
    t = fmt.words.t
    if ahead["high"].notna().any():
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        chart.add_scatter(x=ahead["period"], y=ahead["high"], showlegend=False, **edge)
        chart.add_scatter(
            x=ahead["period"], y=ahead["low"], name=t("forecast.interval"), fill="tonexty",
            fillcolor=_faint(palette.accent), **edge,
        )  # fmt: skip
    _line(chart, fmt, past, "demand", t("forecast.demand"), {"color": palette.muted, "width": 1.25, "dash": "dot"})
    _line(chart, fmt, past, "sold", t("forecast.sold"), {"color": palette.text, "width": 1.5})
    _line(chart, fmt, ahead, "mean", t("forecast.mean"), {"color": palette.accent, "width": 2.25})
    dry = past[past["out"] > MANY]
    if len(dry):
        mark = {"symbol": "x-thin", "size": 6, "line": {"width": 1.25, "color": palette.muted}}
        chart.add_scatter(x=dry["period"], y=dry["sold"], name=t("forecast.out"), mode="markers", marker=mark,
                          hoverinfo="skip")  # fmt: skip
    first = past["period"].min() if len(past) else None
    for period, name in events.items():
        if first is not None and period >= pd.Timestamp(first):
            chart.add_vline(x=period, line={"color": palette.line, "width": 1})
            chart.add_annotation(
                x=period, y=1, yref="paper", text=name, showarrow=False, textangle=-90, xanchor="right", yanchor="top",
                font={"size": 11, "color": palette.muted},
            )  # fmt: skip
    _axis(chart, fmt, [past["sold"], past["demand"], ahead["mean"], ahead["high"]])
    _dated(chart, fmt, pd.concat([past["period"], ahead["period"]]))
    return named_lines(chart, palette)


def lines(
    fmt: Format, palette: Palette, frame: pd.DataFrame, x: str, columns: Sequence[tuple[str, str]], unit: Unit
) -> go.Figure:
    """Lines over ``x``: the first column in the accent, the others muted; columns are (name, words)."""
    chart = figure(palette, height=240)
    styles = (
        {"color": palette.accent, "width": 2.25},
        {"color": palette.text, "width": 1.25},
        {"color": palette.muted, "width": 1.25, "dash": "dot"},
    )
    for (name, label), style in reversed(list(zip(columns, styles, strict=False))):
        _line(chart, fmt, frame, name, label, style, x=x, unit=unit)
    _axis(chart, fmt, [frame[name] for name, _ in columns], unit)
    if x == "period":
        _dated(chart, fmt, frame[x])
    return named_lines(chart, palette)


def _line(
    chart: go.Figure, fmt: Format, frame: pd.DataFrame, column: str, name: str, style: Mapping[str, object],
    *, x: str = "period", unit: Unit = Unit.UNITS,
) -> None:  # fmt: skip
    values = frame[column].astype(float)
    chart.add_scatter(
        x=frame[x], y=values, name=name, line=dict(style), mode="lines", connectgaps=False,
        customdata=[fmt.full(one, unit) for one in values], hovertemplate="%{customdata}",
    )  # fmt: skip


def _axis(chart: go.Figure, fmt: Format, columns: Sequence[pd.Series], unit: Unit = Unit.UNITS) -> None:
    every = pd.concat([column.astype(float) for column in columns]).dropna()
    if len(every):
        chart.update_yaxes(value_axis(fmt, unit, min(0.0, float(every.min())), float(every.max())))


def _dated(chart: go.Figure, fmt: Format, periods: pd.Series) -> None:
    if len(periods):
        dated(chart, fmt, (pd.Timestamp(periods.max()) - pd.Timestamp(periods.min())).days)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
