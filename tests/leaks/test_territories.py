"""A territory opens sums of the brand's own orders delivered there, and nothing else of anybody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

from analytics.core.access import Role
from dashboard.composition import doors
from data.facts import ScopedFacts
from data.marts.mart import Mart
from data.marts.territories import SMALLEST_CELL
from tests.leaks.answers import EVERYTHING, everything_told
from tests.worlds import REGIONS, TABLES, World, line, make_world

pytestmark = pytest.mark.slow

HELD = (
    {"dealer": "D1", "scheme": "gb-t-2260", "region": "130100", "valid_from": "2026-01-10", "valid_to": "2026-01-31"},
    {"dealer": "D1", "scheme": "gb-t-2260", "region": "130200", "valid_from": "2026-01-01"},
    {"dealer": "D2", "scheme": "gb-t-2260", "region": "130000", "valid_from": "2026-01-15"},
)
TANGSHAN = {"scheme": "gb-t-2260", "code": "130200", "name": "Tangshan", "level": "city", "parent": "130000"}


def sent(order: str, day: str, region: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    return line(order, "1", day, "web", "R5", "1", amount, account="canary-account", ship_to_region=region, **more)


def orders(others: str) -> list[dict[str, Any]]:
    """Six of the brand's in D1's days, one before them, four next door, and one of another dealer's store."""
    return [
        *(sent(f"T{n}", f"2026-01-{n + 11}", "130100") for n in range(6)),
        sent("T-early", "2026-01-09", "130100", others),
        *(sent(f"U{n}", f"2026-01-0{n + 1}", "130200", others) for n in range(SMALLEST_CELL - 1)),
        *(sent(f"V{n}", "2026-02-03", "130200", others) for n in range(SMALLEST_CELL)),
        *(sent(f"W{n}", "2026-01-20", "130100", others, entry_partner="S3") for n in range(8)),
    ]


def world_of(folder: Path, others: str) -> World:
    lines: Sequence[Mapping[str, Any]] = [*TABLES["order_line"], *orders(others)]
    tables = {**TABLES, "order_line": lines, "territory": HELD, "region": (*REGIONS, TANGSHAN)}
    return make_world(folder, tables)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(Path(tmp_path_factory.mktemp("held")), "77.00")


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Other amounts wherever D1 must not look: other days, small cells, months that go on, others' orders."""
    return world_of(Path(tmp_path_factory.mktemp("altered")), "1234.00")


@pytest.fixture
def forgetful() -> Iterator[None]:
    doors.engine_doors.cache_clear()
    yield
    doors.engine_doors.cache_clear()


def months(world: World, *grants: str, role: Role = Role.DEALER) -> list[tuple[Any, ...]]:
    frame = world.services(*grants, role=role).territories.delivered(EVERYTHING).months
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    return [
        (f"{row['month']:%Y-%m-%d}", row["dealer"], row["region"], int(row["orders"]), float(row["amount"]))
        for row in rows
    ]


def only_sums_of_the_own_territory(world: World) -> None:
    assert months(world, "D1") == [("2026-01-01", "Canary Dealer One", "Shijiazhuang", 6, 60.0)]
    for grants, role in ((("S1",), Role.STORE), (("S3",), Role.STORE)):
        assert months(world, *grants, role=role) == []


def test_a_dealer_is_told_sums_of_the_own_territory_and_days(world: World) -> None:
    only_sums_of_the_own_territory(world)


def test_a_territory_reaches_down_to_the_regions_within(world: World) -> None:
    """D2 holds the province since the 15th: two of the six orders to its city came then, too few to tell."""
    assert months(world, "D2") == []


def test_answers_depend_on_nothing_else_and_tell_no_row_and_no_buyer(world: World, altered: World) -> None:
    told = everything_told(world.services("D1", role=Role.DEALER))
    assert told == everything_told(altered.services("D1", role=Role.DEALER))
    assert "canary-account" not in told
    assert "T3" not in told


def days_of_the_own_partners(world: World) -> None:
    found = world.services("brand", role=Role.ADMINISTRATOR).territories.terms()
    assert [(one.region_name, one.dealer_name, one.months) for one in found.terms] == [
        ("Hebei", "Canary Dealer Two", 0),
        ("Shijiazhuang", "Canary Dealer One", 1),
        ("Tangshan", "Canary Dealer One", 0),
    ]
    both = {(one.one.region, one.other.region, one.first.isoformat(), str(one.last)) for one in found.overlaps}
    assert both == {("130000", "130100", "2026-01-15", "2026-01-31"), ("130000", "130200", "2026-01-15", "None")}
    assert [(one.region, one.first) for one in found.gaps] == [("130100", date(2026, 2, 1))]
    part = world.services("D1", role=Role.ADMINISTRATOR).territories.terms()
    assert {one.territory.dealer for one in part.terms} == {"D1"}
    assert "Canary Dealer Two" not in str(part)


def test_an_administrator_sees_days_overlaps_and_gaps_and_no_sum(world: World) -> None:
    days_of_the_own_partners(world)


def nothing_leaks(world: World) -> None:
    only_sums_of_the_own_territory(world)
    days_of_the_own_partners(world)


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("mart_name", ["territory", "territory_month"])
def test_each_predicate_is_needed(mart_name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, mart: Mart) -> ir.Table:
        return rows if mart.name == mart_name else kept(self, rows, mart)

    monkeypatch.setattr(ScopedFacts, "_within", without)
    with pytest.raises(AssertionError):
        nothing_leaks(world)
