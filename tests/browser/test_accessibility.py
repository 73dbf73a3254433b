"""Pages for people who see little, use no mouse, or enlarge what they read."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import LOOKS, SPECS, visitor
from tests.browser.visit import PATIENCE, Visit, visit
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

BASELINE = {
    # The navigation wraps its entries in elements that are neither list nor entry.
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
    # The chart library names no marks inside a sparkline; the tile says its numbers in words.
    "svg-img-alt": "[data-testid=stMetricChart] g",
}
"""Rules that Streamlit's own elements break, and which elements those are; nothing else may break them."""

FINDS = """async (baseline) => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const known = (rule, node) => {
    const at = document.querySelector(node.target[0]);
    return rule in baseline && at !== null && at.matches(baseline[rule]);
  };
  return found.violations.flatMap((one) => one.nodes.filter((node) => !known(one.id, node))
    .map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, apart from the baseline."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8") + ";0")
    told: list[str] = page.evaluate(FINDS, BASELINE)
    return told


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_nothing_but_the_baseline_is_found_and_twice_the_size_fits(
    chromium: Browser, served: Server, language: str, theme: str
) -> None:
    """One signed-in browser per person walks through all pages; a window half as wide is a page twice as large."""
    tabs: dict[str, Visit] = {}
    found: dict[str, Any] = {}
    for address in SPECS:
        who = visitor(address)
        if who not in tabs:
            tabs[who] = visit(chromium, served, name=who, language=language, theme=theme)
        tab = tabs[who]
        tab.open(address)
        expect(tab.page.get_by_role("heading", level=2)).to_be_visible(timeout=PATIENCE)
        if told := violations(tab.page):
            found[address] = told
        tab.page.set_viewport_size({"width": 640, "height": 450})
        tab.settle()
        if (beyond := tab.overflow()) > 0:
            found[f"{address} at 200 %"] = beyond
        tab.page.set_viewport_size({"width": 1280, "height": 900})
    for tab in tabs.values():
        tab.page.context.close()
    assert found == {}, "\n".join(f"{page}: {told}" for page, told in found.items())


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab (or Shift and Tab) until the focus is on what is called so."""
    told = "e => e.getAttribute('aria-label') || (e.matches('a,button') && e.innerText) || ''"
    for _ in range(80):
        page.keyboard.press(key)
        if re.search(name, str(page.evaluate(f"({told})(document.activeElement)"))):
            return
    raise AssertionError(f"{key} does not lead to {name}")


def test_a_question_is_asked_and_kept_without_a_mouse(chromium: Browser, served: Server) -> None:
    """Another period is chosen, and the view is saved under a name, by keyboard alone."""
    tab = visit(chromium, served)
    tab.open("today")
    page = tab.page
    tab_to(page, "时间")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("period="), timeout=PATIENCE)
    tab.settle()
    tab_to(page, "视图", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("把当前页面和筛选保存为")).to_be_visible(timeout=PATIENCE)
    tab.settle()
    tab_to(page, "保存为")
    page.keyboard.type("每周一看")
    tab_to(page, "保存视图")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="每周一看")).to_be_visible(timeout=PATIENCE)
    page.context.close()
