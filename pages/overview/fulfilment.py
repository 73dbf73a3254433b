"""Were orders kept, and where not?"""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.core.access import Action
from dashboard.services.requests import Asked
from dashboard.services.views import Glossary, Service
from dashboard.ui.filters import narrow, only
from dashboard.ui.headline import service_sentence
from dashboard.ui.page import Page
from dashboard.ui.partly import partly
from pages.overview.service_columns import CAUSES, CHANNELS, MODES, NODES, PLACES


def render(page: Page) -> None:
    asked = page.filters()
    passports = page.ask(page.services.glossary.glossary, action=Action.SEE_GLOSSARY)
    service = page.ask(page.services.fulfilment.service, asked)
    page.fresh(service.freshness)
    page.lead(partial(service_sentence, page.fmt, service))
    partly(page, asked)
    page.tiles(service.tiles, service.baseline, passports)
    left, right = page.columns(3, 2)
    with left:
        modes(page, service)
    with right:
        causes(page, service)
    nodes(page, service)
    channels(page, service)
    places(page, service)
    pool(page, asked, passports)


def pool(page: Page, asked: Asked, passports: Glossary) -> None:
    """What stores could share, and what lies in the wrong place."""
    found = page.ask(page.services.fulfilment.pool, asked)
    page.section(page.t("fulfilment.pool"), page.t("fulfilment.pool.about"))
    page.tiles(found.tiles, found.baseline, passports, name="pool")


def named(page: Page, frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """With the words for codes that are ours; others stay as they are."""
    words = {code: page.t(f"{kind}.{code}") for code in set(frame["key"]) if code and page.words.has(f"{kind}.{code}")}
    unknown = page.t("today.why.not_known")
    return frame.assign(name=[words.get(code, code) or unknown for code in frame["key"]])


def modes(page: Page, service: Service) -> None:
    title = page.t("fulfilment.modes")
    page.section(title)
    page.table("modes", title, named(page, service.modes, "mode"), MODES, follows=True)


def causes(page: Page, service: Service) -> None:
    title = page.t("fulfilment.causes")
    page.section(title)
    shown = named(page, service.causes, "reason")
    shown = shown.assign(what=[page.t(f"fulfilment.{kind}") for kind in shown["kind"]])
    page.table("causes", title, shown, CAUSES, follows=True)


def nodes(page: Page, service: Service) -> None:
    """What went wrong where: cancelled and refunded lines by the node that fulfilled them."""
    title = page.t("fulfilment.nodes")
    page.section(title, page.t("fulfilment.nodes.about"))
    causes = {code: page.word(f"reason.{code}", code) for code in set(service.nodes["cause"]) if code}
    shown = service.nodes.assign(
        name=service.nodes["name"].replace("", page.t("today.why.not_known")),
        cause=[causes.get(code, "") for code in service.nodes["cause"]],
    )
    page.table("nodes", title, shown, NODES, height=283, follows=True)


def channels(page: Page, service: Service) -> None:
    """A row narrows the page to its channel."""
    title = page.t("fulfilment.channels")
    page.section(title, page.t("today.top.about"))
    labels = dict(zip(service.channels["key"], service.channels["name"], strict=True))
    page.table(
        "channels", title, service.channels, CHANNELS, identified_by="key", follows=True,
        choose=lambda code: narrow("channel", code, labels.get(code)) if code else None,
    )  # fmt: skip


def places(page: Page, service: Service) -> None:
    """A row narrows the page to its partner."""
    title = page.t("fulfilment.places")
    page.section(title, page.t("fulfilment.places.about"))
    if service.places.empty and not page.narrowed_to_some():
        page.note(page.t("fulfilment.places.none"))
        return
    labels = dict(zip(service.places["key"], service.places["name"], strict=True))
    page.table(
        "places", title, service.places, PLACES, identified_by="key", height=420, follows=True,
        choose=lambda code: only("partner", code, labels.get(code)),
    )  # fmt: skip
