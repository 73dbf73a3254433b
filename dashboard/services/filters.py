"""Filter lists: only values that occur in the asker's own rows."""

from __future__ import annotations

from typing import Any

import ibis
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
        """Regions, channels, partners, categories and products that the actor's rows name; partners by sales."""
        opened = self._desk.open(Action.SEE_OVERVIEW)
        day, line = opened.facts.table("sales_day"), opened.facts.table("sales_line")
        products = opened.facts.table("product").filter(lambda rows: rows.category.notnull())
        own = products.semi_join(line, "sku").select(code="category", label="category").distinct()
        return FilterOptions(
            channels=_named(opened, day, "channel"),
            partners=_partners(opened),
            categories=_options(opened, own.order_by("code")),
            covered=opened.covered,
            regions=_regions(opened),
            skus=_skus(opened),
        )


def _named(opened: Opened, rows: ir.Table, column: str) -> tuple[Option, ...]:
    names = opened.facts.table(column)
    own = names.semi_join(rows, column)
    return _options(opened, own.select(code=own[column], label=own["name"]).order_by("code"))


def _regions(opened: Opened) -> tuple[Option, ...]:
    """Provinces and cities that something was sold in, each province before its cities."""
    places = opened.facts.table("place").semi_join(opened.facts.table("sales_day"), "place")
    codes = places.select(code="province").union(places.select(code="city")).distinct()
    known = opened.facts.table("region")
    named = known.semi_join(codes, "code").select("code", "name", "level", "province")
    rows = opened.facts.answer(named).to_pylist()
    provinces = {row["code"]: row["name"] for row in rows if row["level"] == "province"}
    rows.sort(key=lambda row: (row["province"] or "", row["level"] != "province", row["code"]))
    return tuple(Option(row["code"], _placed(row, provinces), tuple({row["province"] or row["code"]})) for row in rows)


def _placed(row: dict[str, Any], provinces: dict[str, str]) -> str:
    above = provinces.get(row["province"]) if row["level"] != "province" else None
    return f"{above} · {row['name']}" if above else str(row["name"])


def _skus(opened: Opened) -> tuple[Option, ...]:
    products = opened.facts.table("product").semi_join(opened.facts.table("sales_line"), "sku")
    rows = opened.facts.answer(products.select("sku", "name", "category").order_by(["category", "sku"])).to_pylist()
    return tuple(
        Option(row["sku"], row["name"] or row["sku"], (row["category"],) if row["category"] else ()) for row in rows
    )


def _partners(opened: Opened) -> tuple[Option, ...]:
    """Own partners, also those who merely stand above others: choosing a dealer means the whole tree below."""
    partners, places = opened.facts.table("partner"), opened.facts.table("place")
    sales = opened.facts.table("sales_day").group_by("partner").aggregate(amount=lambda rows: rows.amount.sum())
    keyed = partners.mutate(place=ibis.literal("p:") + partners.partner)
    ranked = keyed.left_join(sales, "partner").drop("partner_right")
    located = ranked.left_join(places.select("place", placed_in="city", above="province"), "place").order_by(
        [lambda rows: rows.parent.notnull(), lambda rows: rows.amount.desc(), "partner"]
    )
    rows = opened.facts.answer(located.select("partner", "name", "placed_in", "above")).to_pylist()
    return tuple(
        Option(row["partner"], row["name"], tuple(code for code in (row["placed_in"], row["above"]) if code))
        for row in rows
    )


def _options(opened: Opened, rows: ir.Table) -> tuple[Option, ...]:
    return tuple(Option(row["code"], row["label"]) for row in opened.facts.answer(rows).to_pylist())
