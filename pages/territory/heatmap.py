"""Where do sales, orders and buyers come from, where do they grow, and where do shelves hold?"""

from __future__ import annotations

from functools import partial

from analytics.core.access import ROOT
from analytics.core.errors import AccessDenied, DomainError
from analytics.core.geo import RESOLUTIONS
from dashboard.services.requests import Asked
from dashboard.services.views import Heatmap
from dashboard.ui.errors import remedy
from dashboard.ui.headline import heatmap_sentence
from dashboard.ui.maps.deck import Backdrop, deck, scale_of, unit_of
from dashboard.ui.maps.looks import AUTO, Chosen, chosen, days_of, title_of
from dashboard.ui.maps.scale import Scale
from dashboard.ui.maps.select import cell_labels, pick
from dashboard.ui.maps.view import NARROW, WIDTH, fitting_resolution
from dashboard.ui.page import Page
from dashboard.ui.partly import partly
from pages.territory.behind import behind, delivered

COARSE = min(RESOLUTIONS)


def render(page: Page) -> None:
    asked = page.filters()
    looks = chosen(page, asked)
    view = shown(page, asked, looks)
    page.fresh(view.freshness)
    names = page.once("cells", partial(cell_labels, page.fmt, view.cells))
    page.name("cell", names)
    page.lead(partial(heatmap_sentence, page.fmt, view, unit_of(view)))
    partly(page, asked)
    left, right = page.columns(1, 1) if looks.beside else page.columns(3, 2)
    scale = scale_of(view, page.palette, rises_red=page.rises_red)
    with left:
        draw_map(page, view, "map", scale, looks, names)
    if looks.beside is None:
        with right:
            behind(page, view, looks.look, names)
    else:
        behind(page, view, looks.look, names)
        with right:
            second_map(page, view, scale, looks, names)
    page.gaps([view.unplaced] if view.unplaced else [])
    if ROOT not in page.services.actor.grants:
        delivered(page, asked)


def shown(page: Page, asked: Asked, looks: Chosen) -> Heatmap:
    """The map in the size that was chosen, or in the finest that is legible."""
    view: Heatmap = page.ask(
        page.services.territory.heatmap, asked, looks.look, COARSE if looks.size == AUTO else int(looks.size)
    )
    if looks.size == AUTO:
        fitting = page.once("fitting", lambda: fitting_resolution(view.cells["latitude"], view.cells["longitude"]))
        if fitting != COARSE:
            view = page.ask(page.services.territory.heatmap, asked, looks.look, fitting)
    return view


def second_map(page: Page, view: Heatmap, scale: Scale, looks: Chosen, names: dict[str, str]) -> None:
    """Beside the map: the baseline on the same scale, or another metric on its own."""
    if looks.beside is None:
        return
    if looks.beside.past and not view.comparable:
        page.section(page.t("heatmap.baseline"))
        page.note(page.t("heatmap.no_baseline", baseline=page.fmt.period(view.baseline)))
        return
    try:
        beside = page.ask(page.services.territory.heatmap, page.asked, looks.beside, view.resolution)
    except AccessDenied:
        raise
    except DomainError as error:
        page.note(remedy(page.words, error))
        return
    own = scale if looks.beside.past else scale_of(beside, page.palette, rises_red=page.rises_red)
    draw_map(page, beside, "beside", own, looks, names)


def draw_map(page: Page, view: Heatmap, name: str, scale: Scale, looks: Chosen, names: dict[str, str]) -> None:
    """A map with its days and key; a click does what the list of the hexagons does."""
    title = title_of(page, view)
    page.section(title, page.t("heatmap.scale_pieces" if view.step else "heatmap.scale"))
    unknown = int(view.cells["value"].isna().sum()) if view.per else 0
    more = page.t("heatmap.unknown_cells", count=unknown) if unknown else ""
    page.note(days_of(page, view) + more)
    page.colour_key(scale.colours, scale.labels(page.fmt), page.t("heatmap.legend"))
    extra = Backdrop(page.settings.geojson, page.settings.tile_url)
    width = NARROW if looks.beside else WIDTH
    drawn = partial(
        deck, page.fmt, page.palette, view, scale,
        kind=looks.kind, chosen=page.asked.cells, extra=extra, width=width,
    )  # fmt: skip
    page.map(f"{name}.{looks.kind}.{width}", drawn, title, lambda objects: pick(objects, names))
