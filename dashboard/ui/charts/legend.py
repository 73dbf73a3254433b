"""The key of a map: one strip of colours with the limits between them."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.ui.charts.template import figure
from dashboard.ui.tokens import Palette


def legend(palette: Palette, colours: Sequence[str], limits: Sequence[str]) -> go.Figure:
    """``limits``: labels of the borders between neighbouring colours, one fewer than colours."""
    chart = figure(palette, height=44)
    chart.add_bar(
        x=[1] * len(colours),
        y=[0] * len(colours),
        base=list(range(len(colours))),
        orientation="h",
        marker={"color": list(colours), "line": {"width": 0}},
        hoverinfo="skip",
        width=0.9,
    )
    chart.update_layout(hovermode=False, margin={"l": 0, "r": 0, "t": 0, "b": 0}, bargap=0)
    chart.update_yaxes(visible=False, range=[-0.45, 0.45])
    chart.update_xaxes(
        tickvals=list(range(1, len(colours))),
        ticktext=list(limits),
        range=[0, len(colours)],
        showline=False,
        ticks="",
        tickfont={"size": 11},
    )
    return chart
