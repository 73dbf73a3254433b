"""What every test may rely on: a clean environment, free ports, published data when they are there."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import kept_marts
from tests.shared import shared_folder
from tests.stores import address, cluster, empty_address, migrated_database, migrated_file, store

__all__ = ["address", "cluster", "empty_address", "migrated_database", "migrated_file", "store"]

KEPT = frozenset({"WATERLINE_REALDATA", "WATERLINE_REQUIRE_ALL"})
NEEDED = ("browser", "postgres", "protocol")
"""Tests with these markers may not be skipped when everything is required."""

LONGEST = (
    "tests/data/durability/test_refused.py",
    "tests/realdata/",
    "tests/leaks/test_services.py",
    "tests/data/durability/test_killed_by_the_clock.py",
    "tests/data/marts/test_incremental.py",
    "tests/protocol/test_permission_matrix.py",
    "tests/data/marts/test_build.py",
    "tests/dashboard/services/test_killed_decisions.py",
    "tests/bench/",
    "tests/data/durability/",
    "tests/leaks/",
    "tests/data/sample/",
)
"""Files of a process that takes them one by one: these come first, so that none of them is left alone at the end."""

# A slow machine is no bug, and a run that cannot be repeated finds bugs that nobody can fix.
settings.register_profile("waterline", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waterline")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the home, the store or the address of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("WATERLINE_") and name not in KEPT:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def marts_of_worlds(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Processes that test beside each other keep marts in one place."""
    kept_marts.folder = shared_folder(tmp_path_factory) / "marts"
    kept_marts.folder.mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def realdata() -> Callable[[str], Path]:
    """Folder of one published data set, from WATERLINE_REALDATA or ../shared/realdata; skips where it is absent."""
    given = os.environ.get("WATERLINE_REALDATA")
    home = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "realdata"

    def folder(name: str) -> Path:
        if not (home / name).is_dir():
            pytest.skip(f"{name} is not in {home}: set WATERLINE_REALDATA to the folder that holds it")
        return home / name

    return folder


@pytest.fixture
def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        return next((turn for turn, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """What was imported stays for good: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """At the end it does: libraries say at exit what nobody let go."""
    gc.unfreeze()


def excused(markers: set[str]) -> bool:
    """Whether a test with these markers may be skipped although everything is required."""
    return "realdata" in markers or not markers.intersection(NEEDED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under WATERLINE_REQUIRE_ALL a missing PostgreSQL or browser is a failure, not a quiet gap."""
    report = yield
    required = bool(os.environ.get("WATERLINE_REQUIRE_ALL"))
    if required and report.skipped and not hasattr(report, "wasxfail"):
        if not excused({marker.name for marker in item.iter_markers()}):
            report.outcome = "failed"
            report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report
