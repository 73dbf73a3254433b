"""The filters over rows that were set aside: one list each, every one shortened by those before it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import pandas as pd

from dashboard.ui.errors import table_names
from dashboard.ui.job_cards import reason
from dashboard.ui.page import Page
from data.health.rejects import FILTERS, RejectsAsked


def remembered_filters(page: Page) -> RejectsAsked:
    """What this tab chose before; a source may come with the address, from where its rows were told of."""
    source = page.from_address("source")
    if source:
        page.remember("source", source)
    asked = RejectsAsked(mended_too=page.switched("mended_too"))
    for name in FILTERS:
        asked = with_filter(asked, name, page.remembered(name))
    return asked


def with_filter(asked: RejectsAsked, name: str, value: str | None) -> RejectsAsked:
    return RejectsAsked(**{**asdict(asked), name: value})


def filters(page: Page, counts: pd.DataFrame, asked: RejectsAsked) -> RejectsAsked:
    """One list per filter, each shortened by those before it; what of ``asked`` is still among them."""
    left = RejectsAsked(mended_too=asked.mended_too)
    with page.row("reject.filters"):
        for name in FILTERS:
            offered = sorted(matching(counts, left)[name].unique())
            options = {str(one): label(page, name, str(one)) for one in offered}
            now = getattr(asked, name)
            page.pick(name, options, now, partial(page.remember, name))
            left = with_filter(left, name, now if now in options else None)
        page.switch("mended_too")
    return left


def label(page: Page, name: str, value: str) -> str:
    if name == "table":
        return table_names(page.words, (value,))
    return reason(page.words, value) if name == "code" else value or "–"


def matching(counts: pd.DataFrame, asked: RejectsAsked) -> pd.DataFrame:
    for name in FILTERS:
        value = getattr(asked, name)
        counts = counts if value is None else counts[counts[name] == value]
    return counts if asked.mended_too else counts[counts["open"] > 0]
