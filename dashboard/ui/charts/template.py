"""The look shared by all charts: type, ink, axes with ticks in the page's own numbers."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

from analytics.metrics.metric import Unit
from dashboard.ui.formatting import Format
from dashboard.ui.tokens import FONTS, Palette

TICKS = 4


class SharedFigure(go.Figure):  # type: ignore[misc] # plotly is not typed
    """A figure that is told once and shown often: what it says is remembered at the first telling.

    Telling a figure copies every part of it, which costs more than all the rest of showing it.
    """

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] | None = self.__dict__.get("_told")
        if told is None:
            told = super().to_dict()
            self.__dict__["_told"] = told
        return told


def figure(palette: Palette, *, height: int) -> SharedFigure:
    """An empty figure in the house style."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": palette.line,
        "tickcolor": palette.line,
        "ticks": "outside",
        "ticklen": 4,
        "fixedrange": True,
        "automargin": True,
    }
    return SharedFigure(
        layout={
            "template": None,
            "height": height,
            "margin": {"l": 4, "r": 8, "t": 8, "b": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONTS, "size": 12, "color": palette.muted},
            "colorway": [palette.accent],
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": palette.surface,
                "bordercolor": palette.line,
                "font": {"family": FONTS, "size": 12, "color": palette.text},
            },
            "xaxis": axis,
            "yaxis": {**axis, "ticks": "", "showline": False, "showgrid": True, "gridcolor": palette.line},
            "dragmode": False,
        }
    )


def nice_ticks(low: float, high: float, count: int = TICKS) -> list[float]:
    """Round values that span ``low`` … ``high``, zero included.

    >>> nice_ticks(0, 870)
    [0.0, 250.0, 500.0, 750.0, 1000.0]
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        return [0.0, 1.0]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [index * step for index in range(first, last + 1)]


def value_axis(fmt: Format, unit: Unit, low: float, high: float) -> dict[str, object]:
    """Axis settings whose labels are 万/亿 or K/M as the language has them."""
    ticks = nice_ticks(low, high)
    text = [fmt.value(tick, unit) if tick else "0" for tick in ticks]
    return {"tickvals": ticks, "ticktext": [tidy(label) for label in text], "range": [ticks[0], ticks[-1]]}


def tidy(label: str) -> str:
    """An axis label without empty decimals.

    >>> tidy("¥2.50万"), tidy("¥10.0万"), tidy("30.0%")
    ('¥2.5万', '¥10万', '30%')
    """
    head, dot, tail = label.partition(".")
    if not dot:
        return label
    digits = len(tail) - len(tail.lstrip("0123456789"))
    decimals = tail[:digits].rstrip("0")
    return f"{head}.{decimals}{tail[digits:]}" if decimals else head + tail[digits:]
