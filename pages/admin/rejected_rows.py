"""Rows that were set aside on the page of data health: filtered, counted by reason, listed, handed back."""

from __future__ import annotations

import pandas as pd

from dashboard.ui.errors import reject_remedy
from dashboard.ui.handed_back import offer_back
from dashboard.ui.page import Page
from dashboard.ui.reject_filters import filters, label, matching, remembered_filters
from dashboard.ui.tables import Column, Excerpt
from data.health.rejects import FILTERS, facts_of

SHOWN = 200
ROWS = (
    Column("file", "column.reject.file", width=150),
    Column("line", "column.reject.line", "count", 70),
    Column("column", "column.reject.column", width=130),
    Column("value", "column.reject.value", width=130),
    Column("state", "column.reject.state", width=80),
    Column("remedy", "column.reject.remedy"),
)
COUNTS = (
    Column("source", "column.reject.source", width=110),
    Column("file", "column.reject.file", width=150),
    Column("table", "column.reject.table", width=110),
    Column("column", "column.reject.column", width=130),
    Column("code", "column.reject.code", width=140),
    Column("open", "column.reject.open", "count", 80),
    Column("mended", "column.reject.mended", "count", 80),
)


def rejected_rows(page: Page) -> int:
    """Draw the part; how many rows of files are open in all."""
    health = page.services.health
    page.section(page.t("admin.data_health.rejects"), page.t("admin.data_health.rejects.about"))
    asked = remembered_filters(page)
    found = page.now(health.rejects, asked, SHOWN)
    counts = found.counts
    left = filters(page, counts, asked)
    if left != asked:
        # What was chosen is gone, mended meanwhile.
        asked, found = left, page.now(health.rejects, left, SHOWN)
    if counts.empty:
        page.note(page.t("admin.data_health.rejects.none"))
        return int(found.lines)
    kept = matching(counts, asked)
    page.table(
        "counts", page.t("admin.data_health.counts"), told(page, kept).assign(id=kept.index.astype(str)), COUNTS,
        height=210, identified_by="id", choose=lambda id: to_reason(page, kept[kept.index == int(id)]),
    )  # fmt: skip

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        every = health.rejects(asked, most)
        return listed(page, every.rows), every.total

    page.note(page.t("admin.data_health.rejects.shown", shown=f"{len(found.rows):,}", total=f"{found.total:,}"))
    rows = Excerpt(listed(page, found.rows), whole, found.total, {})
    page.table("rows", page.t("admin.data_health.rejects"), rows, ROWS, height=330)
    if asked.file:
        offer_back(page, asked)
    else:
        page.note(page.t("handed_back.choose"))
    return int(found.lines)


def to_reason(page: Page, line: pd.DataFrame) -> None:
    """Look at the rows that one line of the counts tells of."""
    for name in FILTERS:
        page.remember(name, str(line[name].iloc[0]))


def told(page: Page, counts: pd.DataFrame) -> pd.DataFrame:
    named = counts.assign(mended=counts["values"] - counts["open"])
    return named.assign(table=[label(page, "table", one) for one in named["table"]],
                        code=[label(page, "code", one) for one in named["code"]])  # fmt: skip


def listed(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """Rejects with their remedy in words."""
    records = rows.to_dict("records")
    return rows.assign(
        state=[page.t("reject.state.mended" if one["mended"] else "reject.state.open") for one in records],
        remedy=[reject_remedy(page.words, str(one["code"]), facts_of(one)) for one in records],
    )
