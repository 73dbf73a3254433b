"""Where do sales, orders and buyers come from, and where do they grow?"""

from __future__ import annotations

from functools import partial

from analytics.core.access import ROOT
from analytics.core.geo import RESOLUTIONS
from dashboard.services.requests import Asked
from dashboard.services.views import Heatmap, Rows
from dashboard.ui.filters import only
from dashboard.ui.headline import heatmap_sentence
from dashboard.ui.maps.deck import UNITS, Backdrop, deck, scale_of
from dashboard.ui.maps.layers import CELLS, POINTS
from dashboard.ui.maps.select import cell_labels, pick
from dashboard.ui.maps.view import fitting_resolution
from dashboard.ui.page import Page
from dashboard.ui.tables import Column, excerpt

METRICS = ("sales", "orders", "buyers", "growth")
DELIVERED = (
    Column("month", "column.month", width=90),
    Column("region", "column.region", width=140),
    Column("orders", "metric.orders.label", "count", 90),
    Column("units", "metric.units.label", "units", 100),
    Column("amount", "metric.sales.label", "money", 110),
    Column("dealer", "column.partner", width=180),
)
AUTO, COARSE = "auto", min(RESOLUTIONS)
SIZES = (AUTO, *(str(resolution) for resolution in RESOLUTIONS))
NAME, PLACE = Column("name", "column.partner", width=140), Column("place", "column.place")
CHANGE, BASELINE = Column("growth", "column.change", "change", 70), Column("baseline", "column.baseline_sales", "money")
LINES = {
    "sales": (NAME, Column("value", "metric.sales.label", "money", 88, ("value",)), CHANGE, PLACE),
    "orders": (NAME, Column("value", "metric.orders.label", "count", 88), CHANGE, PLACE),
    "buyers": (NAME, Column("value", "metric.buyers.label", "count", 88), CHANGE, PLACE),
    "growth": (NAME, CHANGE, BASELINE, PLACE),
}


def render(page: Page) -> None:
    asked = page.filters()
    with page.row("controls"):
        metric = page.choice("metric", METRICS)
        kind = page.choice("kind", (CELLS, POINTS))
        size = page.choice("resolution", SIZES, changed=lambda: only("cell", None))
    view = page.ask(page.services.territory.heatmap, asked, metric, COARSE if size == AUTO else int(size))
    if size == AUTO:
        fitting = page.once("fitting", lambda: fitting_resolution(view.cells["latitude"], view.cells["longitude"]))
        if fitting != COARSE:
            view = page.ask(page.services.territory.heatmap, asked, metric, fitting)
    page.fresh(view.freshness)
    names = page.once("cells", partial(cell_labels, page.fmt, view.cells))
    page.name("cell", names)
    page.lead(partial(heatmap_sentence, page.fmt, view, UNITS[metric]))
    left, right = page.columns(3, 2)
    with left:
        draw_map(page, view, kind, asked.cells, names)
    with right:
        beside(page, view, asked.cells, names)
    page.gaps([view.unplaced] if view.unplaced else [])
    if ROOT not in page.services.actor.grants:
        below = page.details("delivered", page.t("territory.heatmap.delivered"))
        if below is not None:
            with below:
                delivered(page, asked)


def draw_map(page: Page, view: Heatmap, kind: str, chosen: tuple[str, ...], names: dict[str, str]) -> None:
    """The map with its key; a click does what the list beside it does."""
    title = page.t(f"heatmap.title.{view.metric}", currency=page.fmt.symbol.strip())
    page.section(title, page.t("heatmap.scale"))
    scale = scale_of(view, page.palette, rises_red=page.rises_red)
    page.colour_key(scale.colours, scale.labels(page.fmt), page.t("heatmap.legend"))
    extra = Backdrop(page.settings.geojson, page.settings.tile_url)
    drawn = partial(deck, page.fmt, page.palette, view, scale, kind=kind, chosen=chosen, extra=extra)
    page.map(f"map.{kind}", drawn, title, lambda objects: pick(objects, names))


def beside(page: Page, view: Heatmap, chosen: tuple[str, ...], names: dict[str, str]) -> None:
    """The partners behind the map, or behind the chosen hexagon."""
    page.pick(
        "cell", names, chosen[0] if len(chosen) == 1 else None, lambda cell: only("cell", cell, names.get(cell or ""))
    )
    few = len(view.lines)
    title = page.t("heatmap.lines_first" if few < view.lines_total else "heatmap.lines", count=f"{few:,}")
    page.section(title)
    found = Rows(view.lines, view.lines_total, few, view.lines_sums)
    ask = partial(page.services.territory.lines, page.asked, view.metric)
    lines = excerpt(found, ask, lambda frame: frame.assign(name=frame["name"].replace("", page.t("partner.none"))))
    page.table("lines", title, lines, LINES[view.metric], height=440, follows=True)


def delivered(page: Page, asked: Asked) -> None:
    """What of the brand's own orders came into the territory: sums of months, which nothing here filters but time."""
    found = page.ask(page.services.territories.delivered, asked)
    page.note(page.t("territory.heatmap.delivered_about"))
    title = page.t("territory.heatmap.delivered")
    months = found.months.assign(month=[f"{month:%Y-%m}" for month in found.months["month"]])
    page.table("delivered.table", title, months, DELIVERED, height=300, follows=True)
