"""A visitor who notes every request that leaves the house and every complaint of the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize, expect

from data.sample.accounts import DEMO_PASSWORD
from tests.serving import Server

OUT = Path(__file__).parent / "out"
PATIENCE = 40_000
"""Milliseconds for a first view on a slow machine."""

QUIET = "[data-testid='stApp'][data-test-connection-state='CONNECTED'][data-test-script-state='notRunning']"


@dataclass
class Visit:
    """One browser tab, signed in."""

    page: Page
    server: Server
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        own = (self.server.base_url, self.server.base_url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    def note_message(self, message: ConsoleMessage) -> None:
        said = message.text
        if "Content Security Policy" in said or "Refused to" in said or (message.type == "error" and "deck" in said):
            self.complaints.append(said)

    def open(self, address: str) -> None:
        self.page.goto(f"{self.server.base_url}/{address}")
        self.settle()

    def settle(self) -> None:
        """Wait until the run is over and nothing is a skeleton any more."""
        self.page.wait_for_selector(QUIET, timeout=PATIENCE)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def photograph(self, name: str) -> None:
        """The whole page as one picture; Streamlit scrolls inside itself, so the window is made as high as it."""
        OUT.mkdir(exist_ok=True)
        size = self.page.viewport_size or ViewportSize(width=1280, height=900)
        high = int(self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
        self.page.set_viewport_size({"width": size["width"], "height": min(max(high, 900), 4000)})
        self.page.wait_for_timeout(1200)  # a picture has no event to wait for: charts draw after their data came
        self.page.screenshot(path=OUT / f"{name}.png")
        self.page.set_viewport_size(size)


@lru_cache(maxsize=8)
def cookies(server: Server, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(server.sign_in(name, DEMO_PASSWORD).items())


def visit(
    chromium: Browser,
    server: Server,
    *,
    name: str = "executive",
    language: str = "zh",
    theme: str = "light",
    width: int = 1280,
) -> Visit:
    """A signed-in tab in ``language`` and ``theme``."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        locale="zh-CN" if language == "zh" else "en-US",
        timezone_id="Asia/Shanghai",
    )
    kept = dict(cookies(server, name)) | {"waterline_lang": language}
    context.add_cookies([{"name": key, "value": value, "url": server.base_url} for key, value in kept.items()])
    made = Visit(context.new_page(), server)
    made.page.on("request", made.note_request)
    made.page.on("console", made.note_message)
    return made
