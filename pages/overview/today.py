"""How do we stand, and what changed?"""

from __future__ import annotations

from functools import partial

from analytics.core.access import Action
from dashboard.services.requests import Asked
from dashboard.services.views import Rows, Today
from dashboard.ui.filters import narrow
from dashboard.ui.headline import today_sentence
from dashboard.ui.page import Page
from dashboard.ui.partly import partly
from dashboard.ui.reasons import why
from dashboard.ui.tables import Column, excerpt
from dashboard.ui.tier_table import tiers
from pages.overview.course import course

PRODUCTS = (
    Column("name", "column.product", width=150),
    Column("sales", "metric.sales.label", "money", 90, ("sales",)),
    Column("change", "column.change", "change", 70, ("sales", "baseline")),
    Column("share", "column.share", "rate", 62, ("share",)),
    Column("units", "metric.units.label", "units", None, ("units",)),
    Column("category", "column.category"),
)
ROWS = (
    Column("day", "column.day", "day"),
    Column("order_id", "column.order"),
    Column("line_no", "column.line", "count"),
    Column("channel", "column.channel"),
    Column("partner_name", "column.partner"),
    Column("product_name", "column.product"),
    Column("quantity", "column.quantity", "units", None, ("quantity",)),
    Column("amount", "column.amount", "cents", None, ("amount",)),
)


def render(page: Page) -> None:
    asked = page.filters()
    passports = page.ask(page.services.glossary.glossary, action=Action.SEE_GLOSSARY)
    today = page.ask(page.services.overview.today, asked)
    page.fresh(today.freshness)
    page.name("sku", dict(zip(today.products["sku"].astype(str), today.products["name"].astype(str), strict=True)))
    page.lead(partial(today_sentence, page.fmt, today))
    partly(page, asked)
    page.tiles(today.tiles, today.baseline, passports)
    course(page, today)
    tiers(page, asked)
    why(page, asked, today.tiles, passports)
    products(page, asked, today)
    rows(page, asked)
    page.gaps(today.coverage)


def products(page: Page, asked: Asked, today: Today) -> None:
    """The largest and those that changed most; a row narrows the page."""
    frame, title = today.products, page.t("today.top.sku", currency=page.fmt.symbol.strip())
    page.section(title, page.t("today.top.about"))
    labels = dict(zip(frame["sku"].astype(str), frame["name"].astype(str), strict=True))
    found = Rows(frame, today.all_products, len(frame), today.product_sums)
    shown = excerpt(found, partial(page.services.overview.products, asked), lambda rows: rows)
    page.table(
        "top.sku", title, shown, PRODUCTS,
        identified_by="sku", height=248, follows=True, choose=lambda code: narrow("sku", code, labels.get(code)),
    )  # fmt: skip


def rows(page: Page, asked: Asked) -> None:
    """The order lines behind the numbers; open when somebody narrowed the page."""
    below = page.details("rows", page.t("today.rows"), expanded=bool(asked.partners or asked.skus))
    if below is None:
        return
    with below:
        channels = page.channels()
        found = page.ask(page.services.overview.rows, asked, action=Action.SEE_ROWS)
        page.note(page.t("today.rows.shown", shown=f"{found.shown:,}", total=f"{found.total:,}"))
        lines = excerpt(
            found,
            partial(page.services.overview.rows, asked),
            lambda frame: frame.assign(channel=frame["channel"].replace(channels)),
        )
        page.table("rows.table", page.t("today.rows"), lines, ROWS, height=380, follows=True)
