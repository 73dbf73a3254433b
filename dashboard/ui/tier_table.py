"""The part of a page that shows the level below what is asked, and leads down into it."""

from __future__ import annotations

from analytics.core.access import ROOT
from dashboard.services.requests import Asked
from dashboard.ui.filters import only
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

TIERS = (
    Column("name", "column.name", width=140),
    Column("state", "column.state", width=96),
    Column("sales", "metric.sales.label", "money", 90),
    Column("change", "column.change", "change", 70),
    Column("share", "column.share", "rate", 62),
    Column("attained", "column.attained", "rate", 80),
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
    shown = found.rows.assign(
        name=found.rows["name"].where(~found.rows["key"].isin(["", ROOT]), unknown),
        state=[page.t(f"state.{one or 'usual'}") for one in found.rows["unusual"]],
    )
    labels = dict(zip(shown["key"], shown["name"], strict=True))
    opens = "partner" if found.level == "partner" else "region"
    page.table(
        "tiers", title, shown, TIERS, identified_by="key", height=283, follows=True,
        choose=lambda key: only(opens, key, labels[key]) if key not in ("", ROOT) else None,
    )  # fmt: skip
