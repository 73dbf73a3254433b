"""What a person waits for: from opening the address to the finished page, in Chromium."""

from __future__ import annotations

import shutil
import time
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.homes import home
from bench.measuring import Section
from bench.server import serving, sign_in

ROUNDS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FINISHED = {"today": ".js-plotly-plot", "heatmap": ".js-plotly-plot"}
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
            with serving() as server:
                ready = server.ready_after
                cold = _view(browser, server.address, page)
                warm = [_view(browser, server.address, page) for _ in range(ROUNDS)]
            rows.append(
                (
                    page,
                    f"{ready:.1f} s",
                    f"{cold:.2f} s",
                    f"{min(warm):.2f} s",
                    f"{median(warm):.2f} s",
                    f"{max(warm):.2f} s",
                )
            )
        browser.close()
    return Section(
        "First view",
        "python -m bench.first_view",
        f"Iowa home, a fresh browser profile each time, signed in. From opening the address to the last chart drawn "
        f"and the run finished. First: the first visit after a start. Then {ROUNDS} more visits.",
        ("page", "server ready after", "first", "min", "median", "max"),
        tuple(rows),
    )


def _view(browser: Browser, address: str, page: str) -> float:
    with browser.new_context() as context:
        context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in sign_in(address).items()]
        )
        tab = context.new_page()
        started = time.perf_counter()
        tab.goto(f"{address}/{page}")
        tab.wait_for_selector(FINISHED[page], timeout=WAIT_MILLISECONDS)
        tab.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=WAIT_MILLISECONDS)
        return time.perf_counter() - started


if __name__ == "__main__":
    print(main().markdown())
