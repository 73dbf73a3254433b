"""From the whole to province, city, dealer and outlet: every level tells the same total, the unusual first."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.core.calendar import Comparison
from dashboard.services.requests import Asked
from dashboard.services.views import Tiers
from tests.worlds import CHANNELS, PRODUCTS, World, line, make_world

pytestmark = pytest.mark.slow

LAST = date(2026, 2, 20)
REGIONS = [
    {"scheme": "gb-t-2260", "code": code, "name": name, "level": level, "parent": parent}
    for code, name, level, parent in (
        ("130000", "Hebei", "province", None),
        ("130100", "Shijiazhuang", "city", "130000"),
        ("130200", "Tangshan", "city", "130000"),
        ("130202", "Lunan", "district", "130200"),
        ("370000", "Shandong", "province", None),
        ("370100", "Jinan", "city", "370000"),
    )
]
PARTNERS = [
    {"partner": code, "name": code, "kind": kind, "parent": parent, "region": region, "region_scheme": "gb-t-2260"}
    for code, kind, parent, region in (
        ("D1", "dealer", None, "130100"),
        ("S1", "store", "D1", "130100"),
        ("S2", "store", "D1", "130202"),
        ("D2", "dealer", None, "370100"),
        ("S3", "store", "D2", "370100"),
    )
]
DAILY = {"S1": 100, "S2": 50, "D1": 10, "S3": 30}
"""Yuan a day and partner; S2 sells a fifth of it in the last week, S3 nothing at all."""
WEEK = Asked(first=LAST - timedelta(days=6), last=LAST)


def lines() -> list[dict[str, object]]:
    made = []
    for step in range(120):
        day = (LAST - timedelta(days=step)).isoformat()
        for partner, amount in DAILY.items():
            factor = {"S2": 0.2, "S3": 0.0}.get(partner, 1.0) if step < 7 else 1.0
            more = (step * 7) % 5 - 2
            if factor:
                number = f"{partner}-{step}"
                value = round(amount * factor + more * 0.5, 2)
                made.append(line(number, "1", day, "shop", "R5", "1", value, entry_partner=partner))
        made.append(line(f"B-{step}", "1", day, "web", "R5", "1", 5))
    return made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    tables = {
        "channel": CHANNELS,
        "region": REGIONS,
        "partner": PARTNERS,
        "product": PRODUCTS,
        "order_line": lines(),
        "target": [
            {"target": "1", "metric": "sales", "period": "day", "starts": (LAST - timedelta(days=step)).isoformat(),
             "value": "80", "partner": "S1"}
            for step in range(7)
        ],
    }  # fmt: skip
    return make_world(Path(tmp_path_factory.mktemp("tiers")), tables)


def tiers(world: World, grant: str = "brand", **filters: object) -> Tiers:
    asked = Asked(first=WEEK.first, last=WEEK.last, **filters)  # type: ignore[arg-type]
    return world.services(grant).overview.tiers(asked)


def sales(found: Tiers) -> dict[str, float]:
    return dict(zip(found.rows["key"], found.rows["sales"].round(2), strict=True))


def test_the_levels_follow_each_other(world: World) -> None:
    assert tiers(world).level == "province"
    assert set(sales(tiers(world))) == {"130000", "370000", ""}
    city = tiers(world, regions=("130000",))
    assert (city.level, set(sales(city))) == ("city", {"130100", "130200"})
    dealer = tiers(world, regions=("130100", "130200"))
    assert (dealer.level, set(sales(dealer))) == ("partner", {"D1"})
    outlet = tiers(world, partners=("D1",))
    assert (outlet.level, set(sales(outlet))) == ("partner", {"D1", "S1", "S2"})
    assert set(sales(tiers(world, partners=("S1",)))) == {"S1"}


def test_every_level_tells_the_whole_of_what_is_asked(world: World) -> None:
    for filters in ({}, {"regions": ("130000",)}, {"regions": ("130100", "130200")}, {"partners": ("D1",)}):
        found = tiers(world, **filters)
        asked = Asked(first=WEEK.first, last=WEEK.last, **filters)
        tile = world.services("brand").overview.today(asked).tiles[0]
        assert tile.metric == "sales"
        assert sum(sales(found).values()) == pytest.approx(tile.value, abs=0.02)
        assert found.rows["share"].sum() == pytest.approx(1)


def test_the_rows_behind_are_those_of_the_region(world: World) -> None:
    asked = Asked(first=WEEK.first, last=WEEK.last, regions=("130200",))
    rows = world.services("brand").overview.rows(asked)
    assert set(rows.frame["partner"]) == {"S2"}
    assert rows.frame["amount"].sum() == pytest.approx(sales(tiers(world, regions=("130000",)))["130200"])


def test_a_district_counts_for_its_city(world: World) -> None:
    found = sales(tiers(world, regions=("130000",)))
    assert found["130200"] == pytest.approx(7 * 50 * 0.2, abs=7)


def test_the_unusual_stand_first(world: World) -> None:
    found = tiers(world, partners=("D1",)).rows
    assert (found.loc[0, "key"], found.loc[0, "unusual"]) == ("S2", "low")
    assert found.loc[0, "expected"] == pytest.approx(350, rel=0.05)
    assert set(found["unusual"][1:]) == {""}


def test_who_sells_nothing_any_more_is_listed(world: World) -> None:
    found = tiers(world, regions=("370100",)).rows.set_index("key")
    assert found.loc["D2", "sales"] == 0
    assert found.loc["D2", "baseline"] == pytest.approx(210, abs=7)
    assert found.loc["D2", "change"] == -1


def test_a_dealer_begins_with_the_own_outlets(world: World) -> None:
    found = tiers(world, grant="D1")
    assert (found.level, set(sales(found))) == ("partner", {"D1", "S1", "S2"})


def test_targets_are_those_of_the_members(world: World) -> None:
    rows = tiers(world, partners=("D1",)).rows.set_index("key")
    assert rows.loc["S1", "target"] == pytest.approx(560)
    assert rows.loc["S1", "attained"] == pytest.approx(float(rows["sales"]["S1"]) / 560)
    assert rows["target"].isna().sum() == 2, "no plan is no zero"
    against = tiers(world, partners=("D1",), comparison=Comparison.TARGET).rows.set_index("key")
    assert against.loc["S1", "baseline"] == pytest.approx(560)


def test_brand_sales_without_a_partner_have_a_row_of_their_own(world: World) -> None:
    found = tiers(world)
    assert sales(found)[""] == 35.0


def test_the_line_of_a_row_is_made_of_its_own_days(world: World) -> None:
    """As many points as the period has days, together what the row says; who sells nothing has a line of nothing."""
    found = tiers(world, partners=("D2",))
    assert {len(one) for one in found.rows["line"]} == {7}
    assert dict(zip(found.rows["key"], found.rows["line"], strict=True))["S3"] == (0.0,) * 7
    for _, row in tiers(world).rows.iterrows():
        assert sum(row["line"]) == pytest.approx(row["sales"])
