"""Each import contract of pyproject.toml turns red when one import breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, python_files

BREAKS = (
    ("Nothing points back", "data/lake/lake.py", "import dashboard.settings"),
    ("Nothing points back", "analytics/core/access.py", "import data.contract"),
    ("Inside the dashboard", "dashboard/services/views.py", "import dashboard.composition"),
    ("Inside the dashboard", "dashboard/settings.py", "import dashboard.services.views"),
    ("Inside the dashboard", "dashboard/newcomer.py", "import json"),
    ("Inside the core", "analytics/core/access.py", "import analytics.metrics.metric"),
    ("The core opens no database", "analytics/metrics/metric.py", "import duckdb"),
    ("The core opens no database", "analytics/core/calendar.py", "import os"),
    ("Streamlit is known", "dashboard/services/views.py", "import streamlit"),
    ("Streamlit is known", "pages/__init__.py", "import streamlit as st"),
    ("The two doors", "dashboard/services/views.py", "from data.facts import ScopedFacts"),
    ("The two doors", "dashboard/ui/__init__.py", "from data.store.unit_of_work import UnitOfWork"),
    ("DuckDB is known", "dashboard/services/views.py", "import duckdb"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages under contract, to be broken one line at a time."""
    folder = tmp_path_factory.mktemp("tree")
    for source in python_files():
        if source.within("pages", "dashboard", "data", "analytics"):
            target = folder / source.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source.text, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def verdict(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(lint), "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_contracts_are_kept(copy: Path) -> None:
    seen = verdict(copy)
    assert seen.returncode == 0, seen.stdout + seen.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "path", "line"), BREAKS)
def test_contract_can_be_broken(copy: Path, contract: str, path: str, line: str) -> None:
    file = copy / path
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        seen = verdict(copy)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, encoding="utf-8")
    broken = [told for told in seen.stdout.splitlines() if " BROKEN" in told]
    assert any(contract in told for told in broken), seen.stdout + seen.stderr
