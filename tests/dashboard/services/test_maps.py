"""What a map colours, added up on paper: per store, per household, in slices of a window, beside its baseline."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.core.calendar import Comparison, Period
from analytics.core.errors import DomainError, MissingData
from analytics.core.geo import cell_of
from dashboard.services.requests import Asked, Look
from dashboard.services.views import Heatmap
from tests.worlds import CHANNELS, PRODUCTS, World, line, make_world

pytestmark = pytest.mark.slow

SCHEME = "gb-t-2260"
NEAR, FAR = (38.05, 114.5), (36.65, 117.12)
REGIONS = [
    {"scheme": SCHEME, "code": code, "name": code, "level": level, "parent": parent, "households": households,
     "latitude": at[0], "longitude": at[1]}
    for code, level, parent, households, at in (
        ("130000", "province", None, 5000, NEAR),
        ("130100", "city", "130000", 3000, NEAR),
        ("130101", "district", "130100", 1000, NEAR),
        ("130102", "district", "130100", 2000, NEAR),
        ("370100", "city", None, None, FAR),
    )
]  # fmt: skip
PARTNERS = [
    {"partner": code, "name": code, "kind": "store", "region": region, "region_scheme": SCHEME,
     "latitude": at[0], "longitude": at[1]}
    for code, region, at in (
        ("S1", "130101", NEAR), ("S2", "130102", NEAR), ("S3", "370100", FAR), ("S4", "130101", FAR)
    )
]  # fmt: skip
LINES = [
    line("A1", "1", "2026-01-01", "shop", "R5", "1", "30", entry_partner="S1", account="m1"),
    line("A2", "1", "2026-02-03", "shop", "R5", "1", "60", entry_partner="S1", account="m1"),
    line("A3", "1", "2026-02-10", "shop", "R5", "1", "20", entry_partner="S2", account="m2"),
    line("A4", "1", "2026-02-10", "shop", "R5", "1", "10", entry_partner="S3", account="m3"),
    line("A5", "1", "2026-02-28", "shop", "R5", "1", "4", entry_partner="S4", account="m1"),
    # To a customer of the city, through no partner: no store's, and of no district.
    line("B1", "1", "2026-02-10", "web", "R5", "1", "500", account="m4", ship_to_region="130100"),
]
LISTED = [{"node": "N1", "sku": sku, "valid_from": "2026-02-01"} for sku in ("R5", "O1")]
COUNTS = [
    {"node": "N1", "sku": "R5", "lot": "a", "as_of": f"2026-02-{day}T20:00:00", "on_hand": "3", "expiry": None}
    for day in ("10", "11")
]
FEBRUARY = Asked(first=date(2026, 2, 1), last=date(2026, 2, 28))
BOTH = Asked(first=date(2026, 1, 1), last=date(2026, 2, 28))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    tables = {
        "channel": CHANNELS, "product": PRODUCTS, "region": REGIONS, "partner": PARTNERS, "order_line": LINES,
        "node": [{"node": "N1", "name": "N1", "kind": "store", "partner": "S1"}], "listing": LISTED,
        "stock_lot": COUNTS,
    }  # fmt: skip
    return make_world(Path(tmp_path_factory.mktemp("maps")), tables)


def heatmap(world: World, look: Look, asked: Asked = FEBRUARY, grants: tuple[str, ...] = ("brand",)) -> Heatmap:
    return world.services(*grants).territory.heatmap(asked, look, 5)


def at(view: Heatmap, where: tuple[float, float], column: str = "value") -> float:
    found = view.cells.set_index("cell")[column]
    return float(found[str(cell_of(*where, 5))])


def test_per_store_is_the_mean_of_the_stores_that_sold(world: World) -> None:
    assert at(heatmap(world, Look("sales")), NEAR) == 580
    view = heatmap(world, Look("sales", "store"))
    assert (at(view, NEAR), at(view, FAR)) == ((60 + 20) / 2, (10 + 4) / 2)
    assert view.cells["share"].isna().all(), "a mean has no share of a whole"


def test_per_household_pools_the_districts_that_a_hexagon_touches(world: World) -> None:
    view = heatmap(world, Look("sales", "household"))
    assert at(view, NEAR) == pytest.approx((60 + 4 + 20) / (1000 + 2000) * 1000), "and not what names only the city"
    assert at(view, FAR) == pytest.approx((60 + 4) / 1000 * 1000), "S4 stands there and belongs to 130101"
    assert at(view, NEAR, "baseline") == pytest.approx(30 / 1000 * 1000)


def test_households_that_nobody_told_are_unknown_and_no_zero(world: World) -> None:
    view = heatmap(world, Look("sales", "household"), Asked(first=date(2026, 2, 10), last=date(2026, 2, 12)))
    assert math.isnan(at(view, FAR))
    assert at(view, NEAR) == pytest.approx(20 / 2000 * 1000)


def test_a_slice_has_its_own_days_and_the_scale_of_all(world: World) -> None:
    months = [heatmap(world, Look("sales", step="month", at=day), BOTH) for day in (date(2026, 1, 1), date(2026, 2, 1))]
    assert [view.period for view in months] == [
        Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))
    ]  # fmt: skip
    assert [at(view, NEAR) for view in months] == [30, 580]
    assert months[0].scale == months[1].scale
    assert months[0].steps == (date(2026, 1, 1), date(2026, 2, 1))
    assert months[1].baseline == months[0].period
    unknown = heatmap(world, Look("sales", step="month", at=date(2020, 1, 1)), BOTH)
    assert unknown.period == months[1].period, "a day of an old link is the last slice"


def test_a_window_that_cannot_be_cut_is_shown_whole(world: World) -> None:
    view = heatmap(world, Look("sales", step="month"), Asked(first=date(2026, 2, 5), last=date(2026, 2, 25)))
    assert (view.step, view.steps, view.period.days) == ("", (), 21)


def test_the_past_is_the_baseline_itself(world: World) -> None:
    now = heatmap(world, Look("sales"))
    past = heatmap(world, Look("sales", past=True))
    assert past.period == now.baseline
    assert at(past, NEAR) == at(now, NEAR, "baseline") == 30
    first = heatmap(world, Look("sales"), Asked(first=date(2026, 1, 5), last=date(2026, 1, 31)))
    assert not first.comparable


def test_a_target_is_no_earlier_period(world: World) -> None:
    asked = Asked(first=FEBRUARY.first, last=FEBRUARY.last, comparison=Comparison.TARGET)
    view = heatmap(world, Look("growth"), asked)
    assert view.cells["growth"].isna().all()


def test_full_shelves_on_the_map(world: World) -> None:
    view = heatmap(world, Look("in_stock_rate"))
    assert at(view, NEAR) == 0.5, "two products are listed, one of them lay there on both days"
    assert list(view.cells["cell"]) == [cell_of(*NEAR, 5)]
    assert view.lines["value"].tolist() == [0.5]
    with pytest.raises(DomainError) as caught:
        heatmap(world, Look("in_stock_rate"), Asked(first=FEBRUARY.first, last=FEBRUARY.last, channels=("web",)))
    assert (caught.value.code, caught.value.facts["filters"]) == ("filter_unknown_to_metric", "channel")


def test_without_shelves_the_map_says_what_to_load(tmp_path: Path) -> None:
    world = make_world(tmp_path, {"channel": CHANNELS, "product": PRODUCTS, "order_line": LINES[:1]})
    with pytest.raises(MissingData) as caught:
        heatmap(world, Look("in_stock_rate"))
    assert "listing" in str(caught.value.facts["tables"])


def test_a_dealer_divides_what_is_his_own(world: World) -> None:
    view = heatmap(world, Look("sales", "household"), grants=("S2",))
    assert at(view, NEAR) == pytest.approx(20 / 2000 * 1000)
    assert isinstance(view.cells, pd.DataFrame)
    assert len(view.cells) == 1


@pytest.mark.parametrize("look", [Look("sales", "head"), Look("sales", step="year"), Look("weight")])
def test_what_no_map_knows_is_refused(look: Look, world: World) -> None:
    with pytest.raises(DomainError):
        heatmap(world, look)
