"""The workshop writes a mart whole or not at all, also beside another builder."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis
import pytest

from data.engines.duckdb import Workshop


def test_a_mart_that_fails_leaves_nothing_and_another_builders_half_is_left_alone(tmp_path: Path) -> None:
    marts = tmp_path / "marts"
    marts.mkdir()
    other = marts / "things.half"
    other.write_text("another builder's")
    workshop = Workshop(tmp_path / "scratch")
    with pytest.raises(duckdb.Error):
        workshop.write(
            ibis.memtable({"a": ["x"]}).mutate(b=lambda t: t.a.cast("int64")), "things", marts / "things.duckdb"
        )
    assert list(marts.iterdir()) == [other]
    workshop.write(ibis.memtable({"a": [1]}), "things", marts / "things.duckdb")
    assert sorted(file.name for file in marts.iterdir()) == ["things.duckdb", "things.half"]
    assert other.read_text() == "another builder's"
    workshop.close()
