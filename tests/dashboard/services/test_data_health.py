"""Data health over a home that was really loaded: what is late, what comes back mended, what is wrong in the tables."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Actor, Role, Scope
from analytics.core.errors import AccessDenied
from analytics.policies.table import policy_table
from dashboard.composition import Services, office_for, services_as
from dashboard.services import jobs
from dashboard.services.export_files import About, ExportColumn, Format, file_bytes
from dashboard.services.freshness import Extract, late_sources, newest_extracts
from dashboard.services.job_run import run_job
from dashboard.services.upload_files import Upload
from dashboard.ui.handed_back import as_source
from dashboard.words import words
from data.health.rejects import RejectsAsked
from data.sources.handed_back import REASON, REJECT
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import a_load
from tests.worlds import BRAND, TABLES, World, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 3, tzinfo=UTC)
SHELL = Actor("service:shell", "service:shell", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
GOODS = '编码,品名,备注\nX1,大米,=1+1\n,花生油,"a, b"\n'
MAPPING = """
source = "shop"
encoding = "gb18030"
[files]
goods = { pattern = "goods*.csv", delimiter = ";" }
[product]
from = "goods"
[product.columns]
sku = "编码"
name = "品名"
"""
NO_CHANGES = policy_table((), number=0)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


@pytest.fixture
def services(world: World) -> Services:
    return services_as(world.settings, world.store, lambda: SHELL)


def test_tables_tell_nulls_repeated_keys_and_codes_that_nothing_knows(services: Services) -> None:
    found = {one.table: one for one in services.health.tables()}
    lines = found["order_line"]
    assert (lines.rows, lines.repeated) == (len(TABLES["order_line"]), 0)
    columns = {one.column: one for one in lines.columns}
    assert (columns["sku"].orphans, columns["sku"].of, columns["sku"].examples) == (1, "product", ("Z9",))
    assert (columns["entry_partner"].orphans, columns["entry_partner"].examples) == (1, ("X9",))
    assert columns["account"].nulls == sum(not row.get("account") for row in TABLES["order_line"])
    assert services.health.tables() == tuple(found.values()), "remembered as it was found"


def test_coverage_names_every_table_of_the_contract(services: Services) -> None:
    found = {one.table: one for one in services.health.coverage()}
    assert len(found) >= 46
    assert found["refund_line"].rows == len(TABLES["refund_line"])
    assert found["kit"].rows is None


def test_builds_and_sources_are_told(services: Services, world: World) -> None:
    assert [one.build.id for one in services.health.builds()] == [world.build.id]
    (source,) = services.health.sources()
    assert (source.source, source.files, source.promise_hours) == ("test", len(TABLES), 30)
    assert source.late is not None, "the world is of March 2026"


def test_what_loads_brought_that_looks_wrong_is_told_newest_first(tmp_path: Path) -> None:
    world = make_world(tmp_path, TABLES)
    told = {"code": "negative_stock", "table": "stock_lot", "column": "on_hand", "rows": 2, "examples": []}
    with UnitOfWork(world.store, BRAND) as unit:
        for days in (1, 2):
            at = NOW + timedelta(days=days)
            unit.loads.add(replace(a_load(days), loaded_at=at, warnings=({**told, "rows": days},)))
        unit.commit()
    health = services_as(world.settings, world.store, lambda: SHELL).health
    assert [(one.loaded_at, one.warning["rows"]) for one in health.warned()] == [
        (NOW + timedelta(days=2), 2),
        (NOW + timedelta(days=1), 1),
    ]


def test_only_those_who_load_see_data_health(world: World) -> None:
    health = world.services(ROOT).health
    calls = (
        health.sources,
        health.builds,
        health.warned,
        health.tables,
        health.coverage,
        lambda: health.rejects(RejectsAsked(), 1),
    )
    for call in calls:
        with pytest.raises(AccessDenied):
            call()


def extract(table: str, hours: float, source: str = "erp") -> Extract:
    return Extract(source, table, NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("extracts", "late"),
    [
        ([extract("order_line", 30)], {}),
        ([extract("order_line", 31)], {"erp": 1.0}),
        # A fresh list must not hide old orders, and an old list beside fresh orders is nothing to worry about.
        ([extract("order_line", 40), extract("product", 1)], {"erp": 10.0}),
        ([extract("order_line", 1), extract("product", 900)], {}),
        ([extract("product", 40), extract("channel", 900)], {"erp": 10.0}),
        ([extract("order_line", 40), extract("order_line", 90, "pos")], {"pos": 60.0, "erp": 10.0}),
    ],
)
def test_when_a_source_is_late(extracts: list[Extract], late: dict[str, float]) -> None:
    found = late_sources(extracts, NO_CHANGES, NOW)
    assert {one.source: one.hours for one in found} == late
    assert [one.source for one in found] == list(late), "the latest first"


def test_the_newest_extract_counts_and_a_demo_promises_nothing(world: World) -> None:
    older, newer = a_load(1), replace(a_load(2), extract_at=a_load(1).extract_at + timedelta(days=1))
    found = newest_extracts([newer, older])
    assert {one.table: one.at for one in found} == dict.fromkeys(older.tables, newer.extract_at)
    executive = world.services(ROOT)
    late = executive.freshness.late(executive.freshness.extracts(), ("order_line",))
    assert [(one.source, one.tables) for one in late] == [("test", ("order_line",))]
    assert executive.freshness.late(executive.freshness.extracts(), ()) == ()
    world.settings.demo_marker.write_text("ready")
    try:
        demo = world.services(ROOT)
        assert demo.freshness.late(demo.freshness.extracts(), ("order_line",)) == ()
    finally:
        world.settings.demo_marker.unlink()


def test_rejected_rows_leave_come_back_mended_and_are_settled(
    services: Services, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: set aside, taken along as CSV, mended in a spreadsheet, uploaded, loaded; another encoding and
    another delimiter than the export's included."""
    monkeypatch.setattr(jobs, "launch", lambda _settings, _job: None)
    monkeypatch.setattr("dashboard.services.job_run.launch", lambda _settings, _job: None)
    sent = Upload("goods-1.csv", GOODS.replace(",", ";").replace('"a; b"', '"a, b"').encode("gb18030"))
    load(services, world, sent)
    assert services.health.rejects(RejectsAsked(source="shop"), 10).total == 1
    names, frame = services.health.records(RejectsAsked(source="shop", file="goods-1.csv"), 10)
    assert names == ["编码", "品名", "备注"]
    taken = as_source(words("zh"), names, frame)
    columns = [ExportColumn(REJECT, REJECT), ExportColumn(REASON, REASON)]
    columns += [ExportColumn(f"cell_{place}", name) for place, name in enumerate(names)]
    about = About((("what", "rows to mend"),), ("a", "b"), "li, today")
    out = file_bytes(Format.CSV, taken, columns, about)
    lines = list(csv.reader(io.StringIO(out.decode("utf-8-sig"))))
    assert lines[2][2:] == names
    lines[3][2] = "O5"
    mended = io.StringIO(newline="")
    csv.writer(mended).writerows(lines)
    sent = Upload("goods-1.csv", mended.getvalue().encode("gb18030"))
    load(services, world, sent)
    after = services.health.rejects(RejectsAsked(source="shop"), 10)
    assert (after.total, services.health.rejects(RejectsAsked(mended_too=True), 10).total) == (0, 1)
    with UnitOfWork(world.store, Scope(frozenset({ROOT})), reading=True) as unit:
        assert [one.tables for one in unit.loads.all() if one.source == "shop"] == [{"product": 1}, {"product": 1}]


def load(services: Services, world: World, sent: Upload) -> None:
    job = services.uploads.load([sent], Upload("shop.toml", MAPPING.encode()))[0]
    run_job(office_for(world.settings, world.store), job.id)
