"""Were orders kept, and where not?"""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.core.access import Action
from dashboard.services.views import Service
from dashboard.ui.filters import narrow, only
from dashboard.ui.headline import service_sentence
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

RATES = (
    Column("paid_lines", "metric.paid_lines.label", "count", 90),
    Column("share", "column.share", "rate", 70),
    Column("on_time_in_full", "metric.on_time_in_full.label", "rate"),
    Column("cancellation_rate", "metric.cancellation_rate.label", "rate"),
    Column("oversell_rate", "metric.oversell_rate.label", "rate"),
)
MODES = (Column("name", "column.mode", width=130), *RATES)
CHANNELS = (Column("name", "column.channel", width=130), *RATES)
CAUSES = (
    Column("what", "column.what", width=110),
    Column("name", "column.cause", width=150),
    Column("lines", "metric.order_lines.label", "count"),
    Column("share", "column.share", "rate"),
)
PLACES = (
    Column("name", "column.partner", width=160),
    Column("out_of_stock_rate", "metric.out_of_stock_rate.label", "rate"),
    Column("on_time_in_full", "metric.on_time_in_full.label", "rate"),
    Column("cancellation_rate", "metric.cancellation_rate.label", "rate"),
    Column("refund_rate", "metric.refund_rate.label", "rate"),
)


def render(page: Page) -> None:
    asked = page.filters()
    passports = page.ask(page.services.glossary.glossary, action=Action.SEE_GLOSSARY)
    service = page.ask(page.services.fulfilment.service, asked)
    page.fresh(service.freshness)
    page.lead(partial(service_sentence, page.fmt, service))
    page.tiles(service.tiles, service.baseline, passports)
    left, right = page.columns(1, 1)
    with left:
        modes(page, service)
    with right:
        causes(page, service)
    channels(page, service)
    places(page, service)


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
    labels = dict(zip(service.places["key"], service.places["name"], strict=True))
    page.table(
        "places", title, service.places, PLACES, identified_by="key", height=420, follows=True,
        choose=lambda code: only("partner", code, labels.get(code)),
    )  # fmt: skip
