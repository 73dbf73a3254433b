"""A demo home, one server over it, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.serving import ROOT_FOLDER, Server, serving
from tests.shared import made_once

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a fresh demo home, which processes that test beside each other make but once."""
    home = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_once(tmp_path_factory, "demo-home", _make), home, dirs_exist_ok=True)
    with serving(home) as running:
        yield running


def _make(home: Path) -> None:
    command = [sys.executable, "-c", "from dashboard.cli import main; main()", "demo"]
    subprocess.run(command, cwd=ROOT_FOLDER, env=os.environ | {"WATERLINE_HOME": str(home)}, check=True, timeout=800)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
