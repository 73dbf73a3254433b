"""The controls of the map page: what it shows, divided by what, in which piece of the window, beside what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from analytics.core.calendar import Period
from analytics.core.geo import RESOLUTIONS
from dashboard.services.asked import period_of, piece_of, steps_of
from dashboard.services.map_values import DIVIDED, METRICS
from dashboard.services.requests import PER, STEPS, Asked, Look
from dashboard.services.views import Heatmap
from dashboard.ui.filters import only
from dashboard.ui.formatting import Format
from dashboard.ui.maps.layers import CELLS, POINTS
from dashboard.ui.page import Page

AUTO, WHOLE, ALONE, BASELINE = "auto", "whole", "alone", "baseline"
SIZES = (AUTO, *(str(resolution) for resolution in RESOLUTIONS))


@dataclass(frozen=True, slots=True)
class Chosen:
    """``look`` of the map, its ``kind`` and ``size``, and the look of a second one beside it."""

    look: Look
    kind: str
    size: str
    beside: Look | None


def chosen(page: Page, asked: Asked) -> Chosen:
    """Draw the controls; what cannot be divided or cut offers no way to."""
    t = page.t
    with page.row("controls"):
        metric = page.choice("metric", METRICS, held="metric")
        per = WHOLE
        if metric in DIVIDED:
            per = page.option(
                "per", {one: t(f"territory.heatmap.per.{one}") for one in (WHOLE, *PER)}, held="per", width=120
            )
        window = period_of(asked, page.covered() or Period(date.min, date.max))
        cuts = {one: steps_of(window, one) for one in STEPS}
        offered = [WHOLE, *(one for one in STEPS if cuts[one])]
        step = page.option("step", {one: t(f"territory.heatmap.step.{one}") for one in offered}, held="step", width=130)
        beside = page.option("beside", others(page, metric), held="beside", width=150)
        kind = page.choice("kind", (CELLS, POINTS), held="kind")
        size = page.choice("resolution", SIZES, changed=lambda: only("cell", None), held="size")
    look = Look(metric, "" if per == WHOLE or kind == POINTS else per, "" if step == WHOLE else step)
    if look.step:
        pieces = {day.isoformat(): piece(page.fmt, day, step) for day in cuts[step]}
        look = replace(look, at=date.fromisoformat(page.slide("at", pieces, held="at")))
    return Chosen(look, kind, size, second(look, beside))


def others(page: Page, metric: str) -> dict[str, str]:
    """What can stand beside the map: nothing, what it is compared with, or another metric."""
    found = {one: page.t(f"territory.heatmap.beside.{one}") for one in (ALONE, BASELINE)}
    return found | {one: page.t(f"territory.heatmap.metric.{one}") for one in METRICS if one != metric}


def second(look: Look, beside: str) -> Look | None:
    if beside == ALONE:
        return None
    if beside == BASELINE:
        return replace(look, past=True)
    return replace(look, metric=beside, per=look.per if beside in DIVIDED else "")


def piece(fmt: Format, day: date, step: str) -> str:
    """How the slider names a piece of the window.

    A week by its ends, without the year; the title of the map has it whole.
    """
    days = piece_of(day, step)
    if step == "month":
        return f"{day:%Y-%m}"
    last = days.last if step == "week" else days.first
    ends = [f"{one:%m-%d}" for one in (day, last)]
    return ends[0] if step == "day" else "–".join(ends) + (f" ({day:%Y})" if day.year != last.year else "")


def title_of(page: Page, view: Heatmap) -> str:
    """What a map shows, and divided by what."""
    title = page.t(f"heatmap.title.{view.metric}", currency=page.fmt.symbol.strip())
    return page.t(f"heatmap.title_per.{view.per}", title=title) if view.per else title


def days_of(page: Page, view: Heatmap) -> str:
    """The days of a map; of growth, those that it is against as well."""
    days = page.fmt.period(view.period)
    if view.metric != "growth":
        return days
    return page.t("heatmap.against", period=days, baseline=page.fmt.period(view.baseline))
