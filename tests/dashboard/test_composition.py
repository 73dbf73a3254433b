"""Builds that nobody reads any more are let go."""

from __future__ import annotations

import gc
from pathlib import Path

from analytics.core.access import ROOT, Scope
from dashboard.composition import doors
from data.engines.duckdb import DuckDBEngine
from tests.worlds import TABLES, make_world


def engines() -> int:
    gc.collect()
    return sum(isinstance(one, DuckDBEngine) for one in gc.get_objects())


def test_files_of_old_builds_are_closed_however_many_people_looked_at_them(tmp_path: Path) -> None:
    world = make_world(tmp_path, TABLES)
    marts = tuple(world.build.marts.items())
    doors.engine_doors.cache_clear()
    before = engines()
    for build in range(doors.ENGINES_KEPT + 3):
        for anchor in (ROOT, "D1", "D2"):
            doors.facts(Scope(frozenset({anchor})), world.settings.marts, f"build {build}", marts)
    kept = engines() - before
    doors.engine_doors.cache_clear()
    assert kept == doors.ENGINES_KEPT
    assert engines() == before
