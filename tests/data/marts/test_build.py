"""Builds: newest extract wins, totals survive, unchanged marts are kept, nothing half-loaded is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir
import pytest

from analytics.core.calendar import Preset
from analytics.core.errors import ContractViolation, DomainError
from dashboard.composition import loading_for
from dashboard.services.requests import Asked
from dashboard.services.users import service_actor
from data.lake.lake import Lake
from data.marts import MARTS, making, sales
from data.marts import build as building
from data.marts.build import build
from data.marts.mart import Inputs
from data.store.audit_heads import read_heads
from data.store.records import Build
from data.store.unit_of_work import UnitOfWork
from tests.worlds import BRAND, JOB, LINES, NOW, TABLES, World, line, load_rows, make_world

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, TABLES)


def again(world: World) -> tuple[Build, tuple[str, ...]]:
    lake = Lake(world.settings.lake)
    later = NOW + timedelta(hours=1)
    return build(lake=lake, store=world.store, actor=JOB, folder=world.settings.marts, now=later)


def asked(world: World, metric: str, *where: str) -> object:
    answer = world.services("brand").ask.ask((metric,), by=(), first=None, last=None, where=where)
    return answer.table[metric][0].as_py()


def test_nothing_changed_publishes_nothing(world: World) -> None:
    built, made = again(world)
    assert (built.id, made) == (world.build.id, ())


def test_a_published_build_leaves_one_event_and_the_head_of_the_trail(world: World) -> None:
    again(world)
    loading_for(world.settings, world.store, service_actor("build")).build(now=NOW)
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        events = [event for chunk in unit.audit.chunks() for event in chunk]
    told = [(event.user_id, event.action, event.subject_kind, event.subject_id) for event in events]
    assert told == [("service:test", "build.published", "build", world.build.id)]
    facts = json.loads(events[0].facts)
    assert (facts["totals"], facts["marts"]) == (world.build.totals, world.build.marts)
    assert (facts["loads"], facts["first_day"]) == (len(TABLES), str(world.build.first_day))
    assert [(head.number, head.hash) for head in read_heads(world.settings.audit).values()] == [(1, events[0].hash)]


def test_only_changed_marts_are_made_anew(world: World) -> None:
    refund = {
        "refund_id": "C9",
        "line_no": "1",
        "refunded_at": "2026-02-25T09:00:00",
        "sku": "R5",
        "quantity": "1",
        "amount": "5",
    }
    load_rows(world.settings, world.store, "refund_line", [refund], load_id="late-refund")
    built, made = again(world)
    assert {"refund_line", "document"} <= set(made)
    assert "sales_line" not in made
    assert built.marts["sales_line"] == world.build.marts["sales_line"]
    assert asked(world, "refunds") == Decimal("94.50")
    # Tables behind marts that stayed as they were are loaded all the same.
    assert set(built.table_versions) == set(TABLES)
    assert asked(world, "gross_margin") is not None


def test_newest_extract_wins_whatever_the_order_of_loading(world: World) -> None:
    corrected = [line("A2", "1", "2026-02-10", "shop", "R5", "1", "60.00", account="m1", entry_partner="S1")]
    stale = [line("A2", "1", "2026-02-10", "shop", "R5", "1", "1.00", account="m1", entry_partner="S1")]
    load_rows(world.settings, world.store, "order_line", corrected, load_id="new", extract_at=NOW + timedelta(days=1))
    load_rows(world.settings, world.store, "order_line", stale, load_id="old", extract_at=NOW - timedelta(days=1))
    again(world)
    assert asked(world, "sales") == Decimal("1007.3750") - 9
    assert asked(world, "order_lines") == 11


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_of_two_files_of_one_ingest_the_last_by_name_wins(ids: tuple[str, str], world: World) -> None:
    for load_id, file, amount in zip(ids, ("lines-1.csv", "lines-2.csv"), ("60.00", "50.00"), strict=True):
        told = {**line("A2", "1", "2026-02-10", "shop", "R5", "1", amount, entry_partner="S1"), "file": file}
        load_rows(
            world.settings, world.store, "order_line", [told], load_id=load_id, extract_at=NOW + timedelta(days=1)
        )
    again(world)
    assert asked(world, "sales") == Decimal("1007.3750") - 19


def test_an_order_through_two_partners_counts_alike_whatever_is_filtered(world: World) -> None:
    shared = [line("B1", str(n), "2026-02-17", "shop", "R5", "1", "5", entry_partner=f"S{n}") for n in (1, 3)]
    load_rows(world.settings, world.store, "order_line", shared, load_id="shared")
    again(world)
    assert asked(world, "orders") == asked(world, "orders", "sku=R5,O1,F1,Z9") == 10


def test_a_deletion_is_a_flagged_row(world: World) -> None:
    gone = [{**line("A2", "1", "2026-02-10", "shop", "R5", "1", "69.00", entry_partner="S1"), "deleted": True}]
    load_rows(world.settings, world.store, "order_line", gone, load_id="gone", extract_at=NOW + timedelta(days=1))
    again(world)
    assert asked(world, "sales") == Decimal("1007.3750") - 69


def test_a_killed_load_leaves_no_trace(world: World) -> None:
    extra = [line("B1", "1", "2026-02-17", "web", "R5", "1", "69.00")]
    load_rows(world.settings, world.store, "order_line", extra, load_id="killed", commit=False)
    assert again(world)[0].id == world.build.id
    load_rows(world.settings, world.store, "order_line", extra, load_id="whole")
    again(world)
    assert asked(world, "sales") == Decimal("1007.3750") + 69


def test_a_load_that_lost_rows_is_refused(world: World) -> None:
    with UnitOfWork(world.store, BRAND) as unit:
        load = unit.loads.all()[0]
        unit.loads.add(replace(load, id="short", content_digest="x", mapping_digest="x", tables={"order_line": 3}))
        unit.commit()
    with pytest.raises(ContractViolation, match="load_incomplete"):
        again(world)


def test_currencies_are_not_mixed(world: World) -> None:
    foreign = [line("B1", "1", "2026-02-17", "web", "R5", "1", "69.00")]
    load_rows(world.settings, world.store, "order_line", foreign, load_id="dollars", currency="USD")
    with pytest.raises(ContractViolation, match="CNY, USD"):
        again(world)


def _doubled(inputs: Inputs) -> ir.Table:
    rows = sales.sales_line(inputs)
    return rows.union(rows.filter(rows.sku == "R5"))


def _without_partnerless(inputs: Inputs) -> ir.Table:
    rows = sales.sales_line(inputs)
    return rows.filter(rows.partner.notnull())


@pytest.mark.parametrize("broken", [_doubled, _without_partnerless])
def test_a_total_that_does_not_survive_is_not_published(
    broken: Callable[[Inputs], ir.Table], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    marts = tuple(replace(mart, build=broken) if mart.name == "sales_line" else mart for mart in MARTS)
    monkeypatch.setattr(building, "MARTS", marts)
    monkeypatch.setattr(making, "code_print", lambda: "changed")
    with pytest.raises(ContractViolation, match="total_lost"):
        again(world)
    with UnitOfWork(world.store, BRAND) as unit:
        latest = unit.builds.latest()
    assert latest is not None
    assert latest.id == world.build.id


def test_a_build_survives_that_a_mart_read_other_tables_in_an_older_version(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tuple(replace(mart, reads=("channel", "node")) if mart.name == "channel" else mart for mart in MARTS)
    with monkeypatch.context() as then:
        then.setattr(building, "MARTS", older)
        then.setattr(making, "code_print", lambda: "older")
        load_rows(world.settings, world.store, "node", [{"node": "N", "name": "N", "kind": "store"}], load_id="node")
        again(world)
    assert again(world)[0].marts["channel"] == world.build.marts["channel"]


def test_totals_stand_in_the_build(world: World) -> None:
    assert world.build.totals["sold_amount"] == "1007.375"
    assert world.build.totals["sold_lines"] == str(
        sum(1 for row in LINES if row["paid_at"] and not row.get("cancelled_at"))
    )


def test_unknown_partner_and_product_are_counted_and_listed(world: World) -> None:

    gaps = {gap.kind: gap for gap in world.services("brand").overview.today(Asked(preset=Preset.EVERYTHING)).coverage}
    assert gaps["partner_unlisted"].names == ("X9",)
    assert gaps["product_unlisted"].names == ("Z9",)
    assert gaps["account_unknown"].lines == 1
    assert gaps["unplaced"].amount == pytest.approx(600 + 80)
    assert gaps["cost_unknown"].amount == pytest.approx(20.5 + 21 + 80 + 9.99)


def test_a_circle_in_the_partner_tree_names_the_partners(tmp_path: Path) -> None:
    circle = [
        {"partner": "A", "name": "A", "kind": "dealer", "parent": "B"},
        {"partner": "B", "name": "B", "kind": "dealer", "parent": "A"},
    ]
    with pytest.raises(ContractViolation, match="A → B → A"):
        make_world(tmp_path, {**TABLES, "partner": circle})


def test_a_wrong_year_is_refused_instead_of_emptying_every_page(world: World) -> None:
    load_rows(
        world.settings, world.store, "order_line", [line("F1", "1", "2062-02-17", "web", "R5", "1", "69")], load_id="f"
    )
    with pytest.raises(ContractViolation, match=r"dated_in_the_future.*document=F1"):
        again(world)


def test_the_same_account_number_in_two_sources_is_two_buyers(world: World) -> None:
    rows = world.services("brand").ask.ask(("buyers",), by=("sku",), first=None, last=None, where=()).table.to_pylist()
    assert {row["sku"]: row["buyers"] for row in rows}["O1"] == 3
    assert asked(world, "buyers", "identified=yes") == 4


def test_a_lost_customer_is_told(world: World) -> None:
    """S1 bought before the last week, and nothing in it."""
    view = world.services("brand").overview.today(Asked(first=date(2026, 2, 12), last=date(2026, 2, 13)))
    partners = view.partners.set_index("partner")
    assert partners.loc["S1", "sales"] == 0
    assert partners.loc["S1", "change"] == -1
    assert partners.loc["X9", "baseline"] == 0


def test_a_load_that_is_taken_back_counts_no_more(world: World) -> None:
    wrong = [line("wrong-A2", "1", "2026-02-10", "shop", "R5", "1", "69.00", entry_partner="S1")]
    load_rows(world.settings, world.store, "order_line", wrong, load_id="wrong", currency="USD")
    loading = loading_for(world.settings, world.store, service_actor("test"))
    assert loading.loads()[0].id in {load.id for load in loading.loads()}
    with pytest.raises(DomainError, match="load_unknown"):
        loading.forget(("wrong", "never-loaded"), now=NOW)
    assert "wrong" in {load.id for load in loading.loads()}, "all or none"
    loading.forget(("wrong",), now=NOW)
    assert again(world)[0].id == world.build.id
