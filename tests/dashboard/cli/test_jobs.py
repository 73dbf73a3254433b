"""What the shell does runs as a job, too: everybody sees it, and it says how it ended."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app

pytestmark = pytest.mark.slow


def waterline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"WATERLINE_HOME": str(home), "LC_ALL": "en", "COLUMNS": "200"})


def test_loads_of_the_shell_are_jobs(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    files.mkdir()
    (files / "product.csv").write_text("sku,name,category\nR5,Rice,rice\n")
    report = waterline(home, "ingest", str(files), "--mapping", "contract", "--json")
    assert json.loads(report.stdout)["tables"] == {"product": 1}
    missing = waterline(home, "ingest", str(tmp_path / "none"), "--mapping", "contract")
    assert missing.exit_code == 2
    old = home / "jobs" / "old.log"
    old.write_text("long ago")
    os.utime(old, (0, 0))
    assert waterline(home, "vacuum").exit_code == 0
    assert not old.exists()
    jobs = json.loads(waterline(home, "jobs", "--json").stdout)["jobs"]
    assert [(job["kind"], job["state"]) for job in jobs] == [
        ("vacuum", "succeeded"), ("ingest", "failed"), ("ingest", "succeeded"),
    ]  # fmt: skip
    assert jobs[1]["outcome"]["error"] == "source_not_found"
    shown = waterline(home, "jobs").stdout
    assert "done" in shown
    assert str(tmp_path / "none") in shown.replace("\n", "")
    assert "ingest for service:shell" in waterline(home, "jobs", "log", jobs[2]["id"]).stdout
    over = waterline(home, "jobs", "cancel", jobs[2]["id"])
    assert over.exit_code == 2
    assert "ended already" in over.stderr


def test_the_password_of_a_database_is_written_nowhere(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader:topsecret@localhost:1/shop"
    assert waterline(tmp_path, "ingest", url, "--mapping", "contract").exit_code == 2
    listed = waterline(tmp_path, "jobs", "--json").stdout
    assert "reader:***@localhost" in listed
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"topsecret" in file.read_bytes()]
