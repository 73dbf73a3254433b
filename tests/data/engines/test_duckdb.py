"""The workshop writes a mart whole or not at all, also beside another builder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import ibis
import pytest

from data.engines.duckdb import Workshop

READ_WHILE_BUILDING = """
import sys
from pathlib import Path
from data.engines.duckdb import DuckDBEngine, Workshop
file = Path(sys.argv[1])
engine = DuckDBEngine({"things": file})
workshop = Workshop(Path(sys.argv[2]))
workshop.notes(file)
print(sum(len(workshop.attach("things", file).to_pyarrow()) for _ in range(2)))
"""


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


def test_a_file_that_a_page_reads_can_be_read_by_a_build_of_the_same_process(tmp_path: Path) -> None:
    file = tmp_path / "things.duckdb"
    workshop = Workshop(tmp_path / "scratch")
    workshop.write(ibis.memtable({"a": [1, 2]}), "things", file)
    workshop.close()
    # In a process of its own: what goes wrong here never comes back.
    told = subprocess.run(
        [sys.executable, "-c", READ_WHILE_BUILDING, str(file), str(tmp_path / "other")],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert told.stdout == "4\n"
