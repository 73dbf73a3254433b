"""Tiles know their target for exactly what is asked, and say when a move is out of the ordinary."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.core.calendar import Comparison
from dashboard.services.requests import Asked
from dashboard.services.views import Tile, Today
from tests.worlds import CHANNELS, PARTNERS, PRODUCTS, World, line, make_world

pytestmark = pytest.mark.slow

LAST = date(2026, 2, 20)
DAYS = 120


def lines() -> list[dict[str, object]]:
    """100 yuan a day through S1 and 50 through S3, a little more or less by turns; ten times as much on the last."""
    made = []
    for step in range(DAYS):
        day, more = LAST - timedelta(days=step), (step * 7) % 5 - 2
        factor = 10 if step == 0 else 1
        for partner, amount in (("S1", 100 + more), ("S3", 50 + more)):
            made.append(
                line(
                    f"{partner}{step}", "1", day.isoformat(), "shop", "R5", "1", amount * factor, entry_partner=partner
                )
            )
    return made


def target(number: str, metric: str, value: str, **scope: str) -> dict[str, object]:
    return {"target": number, "metric": metric, "period": "month", "starts": "2026-02-01", "value": value, **scope}


TARGETS = [
    target("T1", "sales", "5600"),
    target("T2", "sales", "2800", partner="D1"),
    target("T3", "sales", "1400", channel="shop"),
    target("T4", "gross_margin_rate", "0.2"),
    target("T5", "orders", "56", partner="D1"),
    target("T6", "orders", "28", partner="D2"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    tables = {
        "channel": CHANNELS,
        "partner": PARTNERS,
        "product": PRODUCTS,
        "order_line": lines(),
        "target": TARGETS,
    }
    return make_world(Path(tmp_path_factory.mktemp("kpi")), tables)


def asked(first: int = 1, last: int = 10, **filters: tuple[str, ...]) -> Asked:
    return Asked(first=date(2026, 2, first), last=date(2026, 2, last), **filters)  # type: ignore[arg-type]


def tile(today: Today, metric: str) -> Tile:
    return next(one for one in today.tiles if one.metric == metric)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        # Ten of 28 days of what was planned for exactly this scope; nothing where nobody planned it.
        ({}, 2000.0),
        ({"partners": ("D1",)}, 1000.0),
        ({"channels": ("shop",)}, 500.0),
        ({"partners": ("S1",)}, None),
        ({"partners": ("D1", "D2")}, None),
        ({"channels": ("shop",), "partners": ("D1",)}, None),
        ({"skus": ("R5",)}, None),
        ({"categories": ("rice",)}, None),
    ],
)
def test_a_target_is_for_exactly_what_is_asked(
    filters: dict[str, tuple[str, ...]], expected: float | None, world: World
) -> None:
    found = tile(world.services("brand").overview.today(asked(**filters)), "sales")  # type: ignore[arg-type]
    assert found.target == (pytest.approx(expected) if expected else None)


def test_partners_targets_add_up_where_all_have_one(world: World) -> None:
    today = world.services("brand").overview.today(asked(partners=("D1", "D2")))
    assert tile(today, "orders").target == pytest.approx(30.0)


def test_a_dealers_whole_is_the_dealers_own_target(world: World) -> None:
    today = world.services("D1").overview.today(asked())
    assert tile(today, "sales").target == pytest.approx(1000.0)
    assert tile(world.services("D2").overview.today(asked()), "sales").target is None


def test_days_beyond_the_plan_have_no_target(world: World) -> None:
    early = Asked(first=date(2026, 1, 31), last=date(2026, 2, 3))
    assert tile(world.services("brand").overview.today(early), "sales").target is None


def test_against_the_target_it_is_the_baseline(world: World) -> None:
    days = Asked(first=date(2026, 2, 1), last=date(2026, 2, 10), comparison=Comparison.TARGET)
    today = world.services("brand").overview.today(days)
    sales = tile(today, "sales")
    assert sales.baseline == sales.target == pytest.approx(2000.0)
    assert today.baseline == today.period
    assert today.trend["baseline"].sum() == pytest.approx(2000.0)
    assert tile(today, "units").baseline is None
    planned = dict(zip(today.partners["partner"], today.partners["baseline"], strict=True))
    assert planned["S1"] != planned["S1"], "no plan was made for S1: not a number, and never zero"


def test_the_extraordinary_is_marked_and_the_ordinary_is_not(world: World) -> None:
    overview = world.services("brand").overview
    odd, calm = tile(overview.today(asked(20, 20)), "sales"), tile(overview.today(asked(12, 18)), "sales")
    assert odd.unusual
    assert odd.limits is not None
    assert odd.value is not None
    assert odd.value > odd.limits.upper
    assert calm.limits is not None
    assert not calm.unusual


def test_rates_are_not_judged_by_sums(world: World) -> None:
    assert tile(world.services("brand").overview.today(asked()), "average_order_value").limits is None
