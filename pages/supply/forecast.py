"""What will be sold, how sure is that, and how right was it before?"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.metrics.metric import Unit
from dashboard.services.forecast_view import Outlook
from dashboard.ui.charts.fan import fan, lines
from dashboard.ui.filters import only
from dashboard.ui.forecast_columns import FAN, FLAGS, PARTS, WORST
from dashboard.ui.forecast_parts import accuracy, levels_and_drivers, named, worded
from dashboard.ui.headline import escaped, forecast_sentence
from dashboard.ui.page import Page

HISTORY = ("26", "13", "52", "104")
"""Weeks of history to look at, at first half a year: more would press the fan against the edge."""
SURGES = 5
"""Words that are pointed out at most."""


def render(page: Page) -> None:
    asked = page.filters(without=("period", "compare", "channel"), also=("node",))
    spans = {weeks: page.t(f"supply.forecast.history.{weeks}") for weeks in HISTORY}
    weeks = int(page.option("history", spans, held="history"))
    view = page.ask(page.services.forecast.outlook, asked).since(weeks)
    page.fresh(view.freshness)
    page.lead(partial(forecast_sentence, page.fmt, view))
    page.note(page.t("forecast.run", run=view.run, as_of=view.as_of, series=f"{view.series:,}", refused=view.refused))
    if view.other_series:
        page.note(page.t("forecast.other", count=f"{view.other_series:,}"))
    picture(page, view)
    accuracy(page, view)
    levels_and_drivers(page, view)
    if view.parts.empty:
        page.note(page.t("forecast.parts.short"))
    else:
        drawn = partial(lines, page.fmt, page.palette, view.parts, "period", named(page, PARTS[1:]), Unit.UNITS)
        page.chart("parts", page.t("forecast.parts"), drawn, view.parts, PARTS)
    worst(page, view)
    if len(view.flags):
        page.section(page.t("forecast.flags"))
        flags = view.flags.assign(flag=[worded(page, flag) for flag in view.flags["flag"]])
        page.table("flags", page.t("forecast.flags"), flags, FLAGS)


def worst(page: Page, view: Outlook) -> None:
    """Where it would pay to look; a row does."""
    page.section(page.t("forecast.worst"), page.t("today.top.about"))
    methods = [worded(page, methods.replace(" ", ""), "method") for methods in view.worst["methods"]]
    shown = view.worst.assign(flags=[worded(page, flags) for flags in view.worst["flags"]], methods=methods)
    names = {one.series: one for one in shown.itertuples()}
    page.name("node", dict(zip(shown["node"], shown["node_name"], strict=True)))
    page.table(
        "worst", page.t("forecast.worst"), shown, WORST, identified_by="series",
        choose=lambda series: to_series(names[series]) if series in names else None,
    )  # fmt: skip


def to_series(row: Any) -> None:
    """Look at one product at one place."""
    only("node", row.node, row.node_name)
    only("sku", row.sku, row.name)


def picture(page: Page, view: Outlook) -> None:
    """History with stock-outs, the fan, and the events in both; before it what people suddenly search for."""
    for one in view.surges.head(SURGES).itertuples():
        facts = {"word": one.word, "platform": one.platform, "region": one.region, "times": f"{one.times:.1f}"}
        page.note(escaped(page.t("forecast.surge", **facts)))
    names = [page.t(f"forecast.event.{event}") for event in view.events["event"]]
    named_events = dict(zip(pd.to_datetime(view.events["period"]), names, strict=True))
    both = pd.concat([view.history, view.ahead], ignore_index=True)
    drawn = partial(fan, page.fmt, page.palette, view.history, view.ahead, named_events)
    page.chart("fan", page.t("forecast.fan"), drawn, both, FAN, about=page.t("forecast.fan.about"))
