"""KPI tiles: value, change against named days, daily line."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from analytics.metrics.metric import Favourable, Unit
from dashboard.services.views import Tile
from dashboard.ui.errors import table_labels, table_names
from dashboard.ui.formatting import NOTHING, Format, is_number

Colour = Literal["red", "green", "gray"]
Arrow = Literal["up", "down", "off"]


def delta_text(fmt: Format, tile: Tile, unit: Unit) -> str | None:
    """The change as shown: percentage points for a rate, percent for the rest; None when there is no baseline."""
    if unit is Unit.RATE:
        return None if tile.difference is None else fmt.points(tile.difference)
    return None if tile.change is None else fmt.change(tile.change)


def direction(tile: Tile, unit: Unit) -> int:
    """1 for a rise, -1 for a fall, 0 for a change that is shown as zero or unknown."""
    change = tile.difference if unit is Unit.RATE else tile.change
    if change is None or abs(change) < 0.0005:
        return 0
    return 1 if change > 0 else -1


def colour_of(way: int, favourable: Favourable, *, rises_red: bool) -> Colour:
    """Good news has the user's rise colour; the favourable direction, not the sign, says what is good."""
    if way == 0 or favourable is Favourable.NEITHER:
        return "gray"
    good = (way > 0) == (favourable is Favourable.UP)
    return "red" if good == rises_red else "green"


def arrow_of(way: int) -> Arrow:
    return "up" if way > 0 else "down" if way < 0 else "off"


def short_label(fmt: Format, metric: str) -> str:
    """The metric's name; where it is too long for a tile the catalogue has a short one."""
    short = f"metric.{metric}.short"
    return fmt.words.t(short if fmt.words.has(short) else f"metric.{metric}.label")


def told(fmt: Format, tile: Tile, unit: Unit) -> list[str]:
    """Everything exact that stands behind a tile, one sentence each."""
    t = fmt.words.t
    said = [t("tile.exactly", value=fmt.full(tile.value, unit), baseline=fmt.full(tile.baseline, unit))]
    if tile.target is not None:
        attained = fmt.value(tile.attained, Unit.RATE) if unit is not Unit.RATE else NOTHING
        said.append(t("tile.target", target=fmt.full(tile.target, unit), attained=attained))
    if tile.limits is not None:
        low, high = fmt.value(tile.limits.lower, unit), fmt.value(tile.limits.upper, unit)
        said.append(t("tile.unusual" if tile.unusual else "tile.usual", low=low, high=high))
    return said


def beside(fmt: Format, tile: Tile, unit: Unit) -> str | None:
    """The few words beside the change: out of the ordinary first, else how much of the target is reached."""
    t = fmt.words.t
    if tile.limits is not None and tile.unusual:
        return t("tile.high" if tile.limits.actual > tile.limits.upper else "tile.low")
    if tile.attained is not None and unit is not Unit.RATE:
        return t("tile.attained", attained=fmt.value(tile.attained, Unit.RATE))
    return None


def draw_tile(
    fmt: Format, tile: Tile, unit: Unit, favourable: Favourable, *, rises_red: bool, missing: int = 0
) -> None:
    """One tile; without data it says which table to load instead of a zero. ``missing``: days that it lacks."""
    t = fmt.words.t
    label = short_label(fmt, tile.metric)
    about = t(f"metric.{tile.metric}.about")
    if not is_number(tile.value):
        nothing = t("tile.unbuilt" if tile.unbuilt else "tile.no_data")
        if tile.uncut:
            nothing = t("tile.uncut", filters=fmt.listed([t(f"filter.{name}") for name in tile.uncut]))
        needed = t("tile.needs", tables=table_labels(fmt.words, tile.needs)) if tile.needs else nothing
        short = t("tile.needs", tables=table_names(fmt.words, tile.needs)) if tile.needs else nothing
        short = t("tile.uncut.short") if tile.uncut else short
        st.metric(
            label, NOTHING, delta=short, delta_color="off", delta_arrow="off", help=f"{about}\n\n{needed}",
            border=True, height="stretch",
        )  # fmt: skip
        return
    way = direction(tile, unit)
    partial = t("partial.short", count=missing) if missing else ""
    exactly = "\n\n".join([*told(fmt, tile, unit), *([partial] if partial else [])])
    line = [point for point in tile.sparkline if is_number(point)]
    st.metric(
        label,
        fmt.value(tile.value, unit),
        delta=delta_text(fmt, tile, unit) or t("tile.no_baseline"),
        delta_color=colour_of(way, favourable, rises_red=rises_red),
        delta_arrow=arrow_of(way),
        # What is not all there is no news, however unusual it looks.
        delta_description=t("partial.badge") if partial else beside(fmt, tile, unit),
        icon=":material/incomplete_circle:" if partial else ":material/error:" if tile.unusual else None,
        help=f"{about}\n\n{exactly}",
        chart_data=line if len(line) > 1 else None,
        border=True,
        height="stretch",
    )
