"""The state between whole and nothing: days of a period are missing, and every figure of it says so."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.services.asked import bucket_of, piece_of
from dashboard.services.requests import Asked
from dashboard.services.views import Hole, Partial
from dashboard.ui.formatting import Format
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page

TOLD = 3
"""Sources, and days of each, that are named one by one."""


def partly(page: Page, asked: Asked) -> None:
    """Say what is missing, if anything is; tiles, charts and tables that follow repeat it in short."""
    page.partial = page.aside(page.services.completeness.partial, asked)
    for sentence in told(page.fmt, page.partial):
        st.markdown(f":gray-badge[:material/incomplete_circle: {page.t('partial.badge')}] {sentence}")


def told(fmt: Format, partial: Partial) -> list[str]:
    """A sentence about the period and one about the days that it is compared with, as far as days are missing."""
    said = [("partial.period", partial.holes), ("partial.before", partial.before)]
    return [fmt.words.t(key, holes=_listed(fmt, holes)) for key, holes in said if holes]


def _listed(fmt: Format, holes: Sequence[Hole]) -> str:
    t = fmt.words.t
    named = [t("partial.hole", source=escaped(hole.source), days=_days(fmt, hole)) for hole in holes[:TOLD]]
    rest = len(holes) - len(named)
    return fmt.listed([*named, *([t("late.more", count=rest)] if rest else [])])


def _days(fmt: Format, hole: Hole) -> str:
    if len(hole.days) <= TOLD:
        return fmt.listed([fmt.day(day) for day in hole.days])
    first, last = fmt.day(hole.days[0]), fmt.day(hole.days[-1])
    return fmt.words.t("partial.many", first=first, last=last, count=len(hole.days))


def touched(partial: Partial | None, days: pd.Series) -> list[bool]:
    """Which of the days, weeks or months that begin on ``days`` lack some of theirs."""
    if partial is None or not partial.days:
        return [False] * len(days)
    bucket = bucket_of(partial.period)
    pieces = [piece_of(day, bucket) for day in days]
    return [any(piece.first <= day <= piece.last for day in partial.days) for piece in pieces]
