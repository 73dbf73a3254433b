"""The course of sales over the period, day by day, week by week or month by month."""

from __future__ import annotations

from datetime import date
from functools import partial

from analytics.core.calendar import Period
from analytics.metrics.metric import Unit
from dashboard.services.asked import bucket_of, piece_of
from dashboard.services.views import Today
from dashboard.ui.charts.trend import trend
from dashboard.ui.page import Page
from dashboard.ui.partly import touched
from dashboard.ui.showing import Picking
from dashboard.ui.tables import Column
from dashboard.ui.zoom import between

TREND = (
    Column("day", "column.day", "day"),
    Column("sales", "metric.sales.label", "cents", None, ("sales",)),
    Column("baseline", "column.baseline", "cents", None, ("baseline",)),
)


def course(page: Page, today: Today) -> None:
    """Sales over the period; a click asks about what was clicked."""
    lacking = touched(page.partial, today.trend["day"])
    title = page.t("today.trend", currency=page.fmt.symbol.strip())
    line = partial(trend, page.fmt, page.palette, today.trend, "sales", "baseline", Unit.MONEY, lacking)
    picking = Picking(tuple(map(str, today.trend["day"])), partial(zoomed, today.period), "day")
    shown = today.trend.assign(state=[page.t("partial.badge") if one else "" for one in lacking])
    columns = (*TREND, Column("state", "column.state")) if any(lacking) else TREND
    page.chart("trend", title, line, shown, columns, about=page.t("today.trend.about"), picking=picking)


def zoomed(period: Period, day: str) -> None:
    """Ask about the day, week or month that was clicked."""
    between(piece_of(date.fromisoformat(day), bucket_of(period)))
