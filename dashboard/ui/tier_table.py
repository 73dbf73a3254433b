"""The part of a page that shows the level below what is asked, and leads down into it."""

from __future__ import annotations

import pandas as pd

from analytics.core.access import ROOT
from dashboard.services.requests import Asked
from dashboard.ui.filters import only
from dashboard.ui.page import Page
from dashboard.ui.tables import Column, Excerpt

TIERS = (
    Column("name", "column.name", width=140),
    Column("state", "column.state", width=118),
    Column("sales", "metric.sales.label", "money", 90, ("sales",)),
    Column("change", "column.change", "change", 70, ("sales", "baseline")),
    Column("line", "column.trend", "line", 100),
    Column("share", "column.share", "rate", 62, ("share",)),
    Column("attained", "column.attained", "rate", 80, ("sales", "target")),
    Column("orders", "metric.orders.label", "count"),
)


def tiers(page: Page, asked: Asked) -> None:
    """One level down, what is out of the ordinary first; a row opens the level below it."""
    found = page.ask(page.services.overview.tiers, asked)
    odd = found.rows["unusual"].ne("").sum()
    title = page.t(f"today.tiers.{found.level}", currency=page.fmt.symbol.strip())
    page.section(title, page.t("today.tiers.about"))
    if odd:
        page.note(page.t("today.tiers.unusual", count=odd))
    unknown = page.t("partner.none" if found.level == "partner" else "today.why.not_known")

    def named(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(
            name=rows["name"].where(~rows["key"].isin(["", ROOT]), unknown),
            state=[page.t(f"state.{one or 'usual'}") for one in rows["unusual"]],
        )

    def whole(most: int) -> tuple[pd.DataFrame, int]:
        every = page.services.overview.tiers(asked, most)
        return named(every.rows), every.total

    shown = Excerpt(named(found.rows), whole, found.total, found.sums)
    labels = dict(zip(shown.frame["key"], shown.frame["name"], strict=True))
    opens = "partner" if found.level == "partner" else "region"
    # Targets are set for some levels only.
    columns = TIERS if shown.frame["attained"].notna().any() else [one for one in TIERS if one.name != "attained"]
    page.table(
        "tiers", title, shown, columns, identified_by="key", height=283, follows=True,
        choose=lambda key: only(opens, key, labels[key]) if key not in ("", ROOT) else None,
    )  # fmt: skip
