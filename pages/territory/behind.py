"""The partners behind the map, and what of the brand's own orders came into a territory."""

from __future__ import annotations

from functools import partial

from dashboard.services.requests import Asked, Look
from dashboard.services.views import Heatmap, Rows
from dashboard.ui.filters import only
from dashboard.ui.page import Page
from dashboard.ui.tables import Column, excerpt

DELIVERED = (
    Column("month", "column.month", width=90),
    Column("region", "column.region", width=140),
    Column("orders", "metric.orders.label", "count", 90),
    Column("units", "metric.units.label", "units", 100),
    Column("amount", "metric.sales.label", "money", 110),
    Column("dealer", "column.partner", width=180),
)
NAME, PLACE = Column("name", "column.partner", width=140), Column("place", "column.place")
CHANGE, BASELINE = Column("growth", "column.change", "change", 70), Column("baseline", "column.baseline_sales", "money")
LINES = {
    "sales": (NAME, Column("value", "metric.sales.label", "money", 88, ("value",)), CHANGE, PLACE),
    "orders": (NAME, Column("value", "metric.orders.label", "count", 88), CHANGE, PLACE),
    "buyers": (NAME, Column("value", "metric.buyers.label", "count", 88), CHANGE, PLACE),
    "growth": (NAME, CHANGE, BASELINE, PLACE),
    "in_stock_rate": (
        NAME,
        Column("value", "metric.in_stock_rate.label", "rate", 88),
        Column("baseline", "column.baseline", "rate", 88),
        PLACE,
    ),
}


def behind(page: Page, view: Heatmap, look: Look, names: dict[str, str]) -> None:
    """The partners behind the map, or behind the chosen hexagon; a row narrows the page to its partner."""
    chosen = page.asked.cells
    page.pick(
        "cell", names, chosen[0] if len(chosen) == 1 else None, lambda cell: only("cell", cell, names.get(cell or ""))
    )
    few = len(view.lines)
    title = page.t("heatmap.lines_first" if few < view.lines_total else "heatmap.lines", count=f"{few:,}")
    page.section(title, page.t("today.top.about"))
    found = Rows(view.lines, view.lines_total, few, view.lines_sums)
    ask = partial(page.services.territory.lines, page.asked, look)
    lines = excerpt(found, ask, lambda frame: frame.assign(name=frame["name"].replace("", page.t("partner.none"))))
    labels = dict(zip(lines.frame["partner"].fillna(""), lines.frame["name"], strict=True))
    page.table(
        "lines", title, lines, LINES[view.metric], identified_by="partner", height=440, follows=True,
        choose=lambda code: only("partner", code, labels[code]) if code in labels and code else None,
    )  # fmt: skip


def delivered(page: Page, asked: Asked) -> None:
    """What of the brand's own orders came into the territory: sums of months, which nothing here filters but time."""
    below = page.details("delivered", page.t("territory.heatmap.delivered"))
    if below is None:
        return
    with below:
        found = page.ask(page.services.territories.delivered, asked)
        page.note(page.t("territory.heatmap.delivered_about"))
        title = page.t("territory.heatmap.delivered")
        months = found.months.assign(month=[f"{month:%Y-%m}" for month in found.months["month"]])
        page.table("delivered.table", title, months, DELIVERED, height=300, follows=True)
