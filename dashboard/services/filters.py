"""Filter lists: only values that occur in the asker's own rows."""

from __future__ import annotations

import ibis.expr.types as ir

from analytics.core.access import Action
from dashboard.services.desk import Desk, Opened
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import FilterOptions, Option


class Filters(UseCase):
    """What a filter may offer to this actor."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def options(self) -> FilterOptions:
        """Channels, partners and categories that the actor's rows name, most sales first for partners."""
        opened = self._desk.open(Action.SEE_OVERVIEW)
        day, line = opened.facts.table("sales_day"), opened.facts.table("sales_line")
        products = opened.facts.table("product").filter(lambda rows: rows.category.notnull())
        own = products.semi_join(line, "sku").select(code="category", label="category").distinct()
        return FilterOptions(
            channels=_named(opened, day, "channel"),
            partners=_partners(opened),
            categories=_options(opened, own.order_by("code")),
            covered=opened.covered,
        )


def _named(opened: Opened, rows: ir.Table, column: str) -> tuple[Option, ...]:
    names = opened.facts.table(column)
    own = names.semi_join(rows, column)
    return _options(opened, own.select(code=own[column], label=own["name"]).order_by("code"))


def _partners(opened: Opened) -> tuple[Option, ...]:
    """Own partners, also those who merely stand above others: choosing a dealer means the whole tree below."""
    partners = opened.facts.table("partner")
    sales = opened.facts.table("sales_day").group_by("partner").aggregate(amount=lambda rows: rows.amount.sum())
    ranked = partners.left_join(sales, "partner").order_by(
        [lambda rows: rows.parent.notnull(), lambda rows: rows.amount.desc(), "partner"]
    )
    return _options(opened, ranked.select(code="partner", label="name"))


def _options(opened: Opened, rows: ir.Table) -> tuple[Option, ...]:
    return tuple(Option(row["code"], row["label"]) for row in opened.facts.answer(rows).to_pylist())
