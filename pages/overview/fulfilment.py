"""Were orders kept, and where not?"""

from __future__ import annotations

from functools import partial

from analytics.core.access import Action
from dashboard.services.requests import Asked
from dashboard.services.views import Pool, Service
from dashboard.ui.headline import service_sentence
from dashboard.ui.page import Page
from dashboard.ui.partly import partly
from dashboard.ui.reasons import CUTS, why
from pages.overview.service_tables import causes, channels, modes, nodes, places

CLICKED = ("mode", "node", "reason")
"""Filters that a click alone sets."""


def render(page: Page) -> None:
    asked = page.filters(also=CLICKED)
    passports = page.ask(page.services.glossary.glossary, action=Action.SEE_GLOSSARY)
    service = page.ask(page.services.fulfilment.service, asked)
    page.fresh(service.freshness)
    name_codes(page, asked, service)
    page.lead(partial(service_sentence, page.fmt, service))
    partly(page, asked)
    page.tiles(service.tiles, service.baseline, passports)
    if asked.reasons:
        page.note(page.t("fulfilment.by_cause"))
    left, right = page.columns(3, 2)
    with left:
        modes(page, service)
    with right:
        causes(page, service)
    nodes(page, service)
    channels(page, service)
    places(page, service)
    found: Pool = page.ask(page.services.fulfilment.pool, asked)
    page.section(page.t("fulfilment.pool"), page.t("fulfilment.pool.about"))
    page.tiles(found.tiles, found.baseline, passports, name="pool")
    why(page, asked, (*service.tiles, *found.tiles), passports, (*CUTS, "mode", "node"))


def name_codes(page: Page, asked: Asked, service: Service) -> None:
    """What chips call the codes that are filtered, whether or not a table still shows them."""
    page.name("mode", {code: page.word(f"mode.{code}", code) for code in asked.modes})
    page.name("reason", {code: page.word(f"reason.{code}", code) for code in asked.reasons})
    page.name("node", dict(zip(service.nodes["key"], service.nodes["name"], strict=True)))
