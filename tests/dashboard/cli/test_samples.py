"""``waterline sample`` writes into an empty folder and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from analytics.core.errors import DomainError
from dashboard.cli import app
from dashboard.services.sample_files import sample_files

DAY = date(2026, 11, 21)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "order_line.parquet"
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(DomainError) as told:
        sample_files(tmp_path, size="tiny", seed=7, last_day=DAY)
    assert told.value.code == "sample_folder_not_empty"
    assert kept.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("asked", [["--size", "huge"], ["--last-day", "tomorrow"]])
def test_what_cannot_be_written_leaves_nothing(asked: list[str], tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["sample", str(tmp_path / "out"), *asked]).exit_code != 0
    assert not (tmp_path / "out").exists()


def test_the_files_stand_in_the_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sample", str(tmp_path / "out"), "--size", "tiny", "--last-day", "2026-11-21"])
    assert done.exit_code == 0
    assert pq.read_metadata(tmp_path / "out" / "order_line.parquet").num_rows > 10_000
