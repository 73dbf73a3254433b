"""Territories on the page of users and access: who holds which region, when, and what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analytics.core.territories import Gap, Overlap, Territory
from dashboard.services.territories import Term, Territories
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.tables import Column

TERMS = (
    Column("region", "admin.access.territory.region", width=150),
    Column("dealer", "admin.access.territory.dealer", width=190),
    Column("first", "admin.access.term.first", width=110),
    Column("last", "admin.access.term.last", width=110),
    Column("state", "admin.access.term.state", width=80),
    Column("months", "admin.access.territory.months", "count", width=110),
)
SHOWN = 20
"""Overlaps and gaps that are written out."""


def territories(page: Page) -> None:
    """The list, and above it whatever needs somebody's attention."""
    found: Territories = page.now(page.services.territories.terms)
    title = page.t("admin.access.territory.title")
    if not found.terms:
        page.note(page.t("admin.access.territory.none"))
        return
    page.note(page.t("admin.access.territory.about"))
    names = {term.territory.dealer: term.dealer_name for term in found.terms}
    said = [overlap(page, one, names, found.regions) for one in found.overlaps]
    said += [gap(page, one, found.regions) for one in found.gaps]
    for sentence in said[:SHOWN]:
        page.say(f":material/warning: {escaped(sentence)}")
    if len(said) > SHOWN:
        page.note(page.t("admin.access.territory.more", count=len(said) - SHOWN))
    if not said:
        page.say(f":material/check: {page.t('admin.access.territory.sound')}")
    frame = pd.DataFrame([row(page, term, found.today) for term in found.terms])
    page.table("territories", title, frame, TERMS)


def row(page: Page, term: Term, today: date) -> dict[str, object]:
    held = term.territory
    return {
        "region": f"{term.region_name} ({held.region})",
        "dealer": f"{term.dealer_name} ({held.dealer})",
        "first": page.fmt.day(held.first),
        "last": day(page, held.last),
        "state": page.t(f"admin.access.term.{state_of(held, today)}"),
        "months": term.months,
    }


def state_of(held: Territory, today: date) -> str:
    if held.holds_on(today):
        return "now"
    return "later" if today < held.first else "over"


def overlap(page: Page, found: Overlap, names: Mapping[str, str], regions: Mapping[str, str]) -> str:
    return page.t(
        "admin.access.territory.overlap",
        one=names[found.one.dealer],
        other=names[found.other.dealer],
        region=regions.get(found.one.region, found.one.region),
        part=regions.get(found.other.region, found.other.region),
        first=page.fmt.day(found.first),
        last=day(page, found.last),
    )


def gap(page: Page, found: Gap, regions: Mapping[str, str]) -> str:
    region = regions.get(found.region, found.region)
    return page.t(
        "admin.access.territory.gap", region=region, first=page.fmt.day(found.first), last=day(page, found.last)
    )


def day(page: Page, found: date | None) -> str:
    return page.fmt.day(found) if found else page.t("admin.access.term.open")
