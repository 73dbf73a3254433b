"""Sweeping deletes what nothing speaks of, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow.dataset import dataset

from dashboard.composition import loading_for
from dashboard.services.loading import Loading
from dashboard.services.users import service_actor
from dashboard.settings import settings_from
from data.lake.lake import Lake
from data.store.engine import open_store
from tests.worlds import TABLES, World, line, load_rows, make_world

pytestmark = pytest.mark.slow

EXTRA = [line("B1", "1", "2026-02-17", "web", "R5", "1", "69.00")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, TABLES)


def loading(world: World) -> Loading:
    return loading_for(world.settings, world.store, service_actor("vacuum"))


def lines_of(world: World, load: str) -> int:
    found = dataset(Lake(world.settings.lake).files("order_line")).to_table(columns=["load_id"])["load_id"].to_pylist()
    return int(found.count(load))


def sales(world: World) -> Decimal:
    answer = world.services("brand").ask.ask(("sales",), by=(), first=None, last=None, where=())
    return Decimal(answer.table["sales"][0].as_py())


def test_rows_of_a_load_that_was_killed_or_taken_back_are_deleted_after_a_week(world: World) -> None:
    now = datetime.now(UTC)
    load_rows(world.settings, world.store, "order_line", EXTRA, load_id="killed", commit=False)
    load_rows(world.settings, world.store, "order_line", EXTRA, load_id="whole")
    load_rows(world.settings, world.store, "order_line", EXTRA, load_id="wrong")
    loading(world).forget(("wrong",), now=now)
    assert loading(world).vacuum(now=now).rows == 0
    assert [lines_of(world, load) for load in ("killed", "wrong", "whole")] == [1, 1, 1]
    assert loading(world).vacuum(now=now + timedelta(days=8)).rows == 2
    assert [lines_of(world, load) for load in ("killed", "wrong", "whole")] == [0, 0, 1]
    loading(world).build(now=now)
    assert sales(world) == Decimal("1007.3750") + 69


def test_marts_stay_a_month_after_another_build_and_the_published_ones_for_good(world: World) -> None:
    now, folder = datetime.now(UTC), world.settings.marts
    first = world.build
    assert first.published_at < now - timedelta(days=60), (
        "replaced now, published long ago: it stays for a month from now"
    )
    load_rows(world.settings, world.store, "order_line", EXTRA, load_id="more")
    second, _ = loading(world).build(now=now)
    (folder / "scratch-left").mkdir()
    (folder / "scratch-left" / "half.duckdb").write_bytes(b"half")
    old = set(first.marts.values()) - set(second.marts.values())
    assert old
    assert loading(world).vacuum(now=now + timedelta(days=1)).files == 0
    within = loading(world).vacuum(now=now + timedelta(days=29))
    assert (within.files, within.bytes) == (1, 4)
    assert all((folder / file).exists() for file in (*first.marts.values(), *second.marts.values()))
    assert loading(world).vacuum(now=now + timedelta(days=400)).files == len(old)
    assert {path.name for path in folder.iterdir()} == set(second.marts.values())
    assert sales(world) == Decimal("1007.3750") + 69


def test_an_empty_home_has_nothing_to_sweep(tmp_path: Path) -> None:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    swept = loading_for(settings, store, service_actor("vacuum")).vacuum(now=datetime.now(UTC) + timedelta(days=400))
    assert (swept.rows, swept.files, swept.bytes) == (0, 0, 0)
