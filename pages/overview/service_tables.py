"""The tables about service; a row of any of them narrows the whole page to what it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.services.views import Service
from dashboard.ui.filters import narrow, only
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from pages.overview.service_columns import CAUSES, CHANNELS, MODES, NODES, PLACES


def modes(page: Page, service: Service) -> None:
    title = page.t("fulfilment.modes")
    page.section(title, page.t("today.top.about"))
    narrowing(page, "modes", "mode", title, named(page, service.modes, "mode"), MODES)


def causes(page: Page, service: Service) -> None:
    title = page.t("fulfilment.causes")
    page.section(title, page.t("today.top.about"))
    shown = named(page, service.causes, "reason")
    shown = shown.assign(what=[page.t(f"fulfilment.{kind}") for kind in shown["kind"]])
    narrowing(page, "causes", "reason", title, shown, CAUSES)


def nodes(page: Page, service: Service) -> None:
    """What went wrong where: cancelled and refunded lines by the node that fulfilled them."""
    title = page.t("fulfilment.nodes")
    page.section(title, page.t("fulfilment.nodes.about"))
    words = {code: page.word(f"reason.{code}", code) for code in set(service.nodes["cause"]) if code}
    shown = service.nodes.assign(
        name=service.nodes["name"].replace("", page.t("today.why.not_known")),
        cause=[words.get(code, "") for code in service.nodes["cause"]],
    )
    narrowing(page, "nodes", "node", title, shown, NODES, height=283)


def channels(page: Page, service: Service) -> None:
    title = page.t("fulfilment.channels")
    page.section(title, page.t("today.top.about"))
    narrowing(page, "channels", "channel", title, service.channels, CHANNELS)


def places(page: Page, service: Service) -> None:
    """A row narrows the page to its partner alone: one below the other would ask for their whole trees."""
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


def named(page: Page, frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """With the words for codes that are ours; others stay as they are."""
    unknown = page.t("today.why.not_known")
    return frame.assign(name=[page.word(f"{kind}.{code}", code) if code else unknown for code in frame["key"]])


def narrowing(
    page: Page, name: str, filtered: str, title: str, shown: pd.DataFrame, columns: Sequence[Column],
    height: int | None = None,
) -> None:  # fmt: skip
    """What is not known narrows nothing: nobody could say what is left."""
    labels = dict(zip(shown["key"].astype(str), shown["name"].astype(str), strict=True))
    page.table(
        name, title, shown, columns, identified_by="key", height=height, follows=True,
        choose=lambda code: narrow(filtered, code, labels.get(code)) if code else None,
    )  # fmt: skip
