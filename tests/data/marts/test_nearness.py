"""Orders are matched with the nodes around them in parts, and nothing of it shows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.marts import nearness
from data.store.unit_of_work import UnitOfWork
from tests.analytics.metrics.test_pool import NOW, TABLES
from tests.worlds import BRAND, World, make_world

pytestmark = pytest.mark.slow


def told(world: World) -> list[tuple[object, ...]]:
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        build = unit.builds.latest()
    assert build is not None
    file = world.settings.marts / build.marts["order_near"]
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("FROM order_near ORDER BY ALL").fetchall()


def test_parts_of_few_orders_tell_what_all_at_once_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(make_world(tmp_path / "whole", TABLES, now=NOW))
    monkeypatch.setattr(nearness, "ORDERS", 2)
    assert told(make_world(tmp_path / "parts", TABLES, now=NOW)) == whole
    assert len(whole) > 3
