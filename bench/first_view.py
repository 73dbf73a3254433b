"""What a person waits for: from opening the address to the finished page, in Chromium."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.homes import home
from bench.measuring import Section
from bench.server import serving, sign_in

ROUNDS = 7
BARE = Path(__file__).with_name("bare.py")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FINISHED = {"today": ".js-plotly-plot", "heatmap": "[data-testid='stDeckGlJsonChart'] canvas"}
WAIT_MILLISECONDS = 60_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Without these a browser on a closed network looks for its maker's hosts while it should draw."""


def main() -> Section:
    home()
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise FileNotFoundError("no Chromium is installed")
    rows: list[tuple[str, ...]] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        for page in FINISHED:
            ours: list[float] = []
            least: list[float] = []
            with serving() as server, serving(BARE, "/_stcore/health") as bare:
                cold = _view(browser, server.address, page, sign_in(server.address))
                _view(browser, bare.address, page, {})
                # In turn, so that a busy minute of the machine falls on both.
                for _ in range(ROUNDS):
                    ours.append(_view(browser, server.address, page, sign_in(server.address)))
                    least.append(_view(browser, bare.address, page, {}))
            rows.append(_row(page, "waterline", ours, least, f"{server.ready_after:.1f} s", f"{cold:.2f} s"))
            rows.append(_row(page, "bare", least, least, "", ""))
        browser.close()
    return Section(
        "First view",
        "python -m bench.first_view",
        f"Iowa home, a fresh browser profile each time, signed in; Chromium without a graphics card: maps are drawn by "
        f"the processor. From opening the address to the last chart drawn and the run finished. First: the first visit "
        f"after a start. Then {ROUNDS} more visits. Baseline: a page of one tile, one chart and one table, or one map "
        f"of one hexagon and one table, and nothing else (`bench/bare.py`), visited in turn.",
        ("page", "who", "server ready after", "first", "min", "median", "max", "median / baseline"),
        tuple(rows),
    )


def _row(page: str, who: str, seen: list[float], least: list[float], ready: str, cold: str) -> tuple[str, ...]:
    times = (f"{value:.2f} s" for value in (min(seen), median(seen), max(seen)))
    return (page, who, ready, cold, *times, f"{median(seen) / median(least):.1f}")


def _view(browser: Browser, address: str, page: str, cookies: dict[str, str]) -> float:
    with browser.new_context() as context:
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        tab = context.new_page()
        started = time.perf_counter()
        tab.goto(f"{address}/{page}")
        tab.wait_for_selector(FINISHED[page], timeout=WAIT_MILLISECONDS)
        tab.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=WAIT_MILLISECONDS)
        return time.perf_counter() - started


if __name__ == "__main__":
    print(main().markdown())
