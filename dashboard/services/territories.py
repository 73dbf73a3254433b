"""Territories: who holds which region when, and what of the brand's orders was delivered there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import ibis.expr.types as ir
import pandas as pd

from analytics.core.access import Action
from analytics.core.calendar import day_of
from analytics.core.territories import Gap, Overlap, Territory, gaps, overlaps
from dashboard.services.asked import period_of
from dashboard.services.desk import Desk, Opened
from dashboard.services.frames import frame_of
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads


@dataclass(frozen=True, slots=True)
class Term:
    """A territory with its names; ``months``: for how many months it opens sums of brand orders."""

    territory: Territory
    dealer_name: str
    region_name: str
    months: int


@dataclass(frozen=True, slots=True)
class Territories:
    """Every territory inside the asker's scope, as of ``today``, and what does not fit together."""

    today: date
    terms: tuple[Term, ...]
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    regions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivered:
    """``months``: month (its first day), dealer and region (names), orders, units, amount.

    Whole months that have ended, none with fewer orders than the mart's smallest cell.
    """

    months: pd.DataFrame


class TerritoryTerms(UseCase):
    """Use cases of territories; rows of orders are told by none of them."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock

    @reads
    def terms(self) -> Territories:
        """Territories with their days; demands the right to manage users. Nothing before anything was built."""
        self._desk.actor(Action.MANAGE_USERS)
        today = day_of(self._clock())
        if self._desk.latest_build() is None:
            return Territories(today, (), (), (), {})
        opened = self._desk.open(Action.MANAGE_USERS)
        held = _held(opened)
        regions, above = _regions(opened, {one.region for one in held})
        dealers, months = _dealers(opened), _months(opened)
        terms = (
            Term(one, dealers.get(one.dealer, one.dealer), regions.get(one.region, one.region),
                 months.get((one.dealer, one.region), 0))
            for one in sorted(held)
        )  # fmt: skip
        return Territories(today, tuple(terms), tuple(overlaps(held, above)), tuple(gaps(held, today=today)), regions)

    @reads
    def delivered(self, asked: Asked) -> Delivered:
        """Sums of the brand's own orders delivered in the asker's territories in the months that the period touches."""
        opened = self._desk.open(Action.SEE_TERRITORY)
        period, rows = period_of(asked, opened.covered), opened.facts.table("territory_month")
        during = rows.filter((rows.month >= period.first.replace(day=1)) & (rows.month <= period.last))
        regions, partners = opened.facts.table("region"), opened.facts.table("partner")
        names = regions.select(region=regions.code, place=regions.name)
        dealers = partners.select(owner=partners.partner, dealer=partners.name)
        named = during.left_join(names, "region").drop("region_right").left_join(dealers, "owner")
        told = named.select("month", "dealer", "orders", "units", "amount", region=named.place.fill_null(named.region))
        return Delivered(frame_of(opened.facts.answer(told.order_by([told.month.desc(), "dealer", "region"]))))


def _held(opened: Opened) -> list[Territory]:
    rows = opened.facts.answer(opened.facts.table("territory")).to_pylist()
    return [Territory(row["region"], row["first"], row["last"], row["owner"]) for row in rows]


def _regions(opened: Opened, wanted: set[str]) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Names of the wanted regions, and what each of them is a part of."""
    rows: ir.Table = opened.facts.table("region")
    found = opened.facts.answer(rows.filter(rows.code.isin(sorted(wanted)))).to_pylist() if wanted else []
    above = {row["code"]: frozenset({row["city"], row["province"]} - {None, row["code"]}) for row in found}
    return {row["code"]: row["name"] for row in found}, above


def _dealers(opened: Opened) -> dict[str, str]:
    rows = opened.facts.answer(opened.facts.table("partner").select("partner", "name")).to_pylist()
    return {row["partner"]: row["name"] for row in rows}


def _months(opened: Opened) -> dict[tuple[str, str], int]:
    rows = opened.facts.table("territory_month")
    counted = opened.facts.answer(rows.group_by("owner", "region").aggregate(months=rows.count())).to_pylist()
    return {(row["owner"], row["region"]): row["months"] for row in counted}
