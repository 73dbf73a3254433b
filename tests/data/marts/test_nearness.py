"""Orders are matched with the nodes around them in parts, and nothing of it shows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.marts import nearness
from data.store.unit_of_work import UnitOfWork
from tests import kept_marts
from tests.analytics.metrics.test_pool import NOW, TABLES
from tests.worlds import BRAND, World, line, make_world

pytestmark = pytest.mark.slow


def told(world: World) -> list[tuple[object, ...]]:
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        build = unit.builds.latest()
    assert build is not None
    file = world.settings.marts / build.marts["order_near"]
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("FROM order_near ORDER BY ALL").fetchall()


def test_parts_of_few_orders_tell_what_all_at_once_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of an order may come on a later day, and its flour lies nowhere."""
    late = [
        line("L1", "1", "2026-02-11", "shop", "R5", "1", "10", entry_partner="S1"),
        line("L1", "2", "2026-03-10", "shop", "F1", "1", "10", entry_partner="S1"),
        line("L2", "1", "2026-02-11", "shop", "R5", "1", "10", entry_partner="S1"),
        line("L2", "2", "2026-03-10", "shop", "O1", "1", "10", entry_partner="S1"),
    ]
    tables = {**TABLES, "order_line": [*TABLES["order_line"], *late]}
    # What one world made, the other must not be lent.
    monkeypatch.setattr(kept_marts, "folder", None)
    whole = told(make_world(tmp_path / "whole", tables, now=NOW))
    monkeypatch.setattr(nearness, "ORDERS", 1)
    assert told(make_world(tmp_path / "parts", tables, now=NOW)) == whole
    assert len(whole) > 3
    assert {"L2"} == {str(row[6]) for row in whole if str(row[6]).startswith("L")}
