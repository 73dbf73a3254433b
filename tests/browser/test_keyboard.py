"""Whole tasks for people who use no mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import PATIENCE, visit
from tests.serving import Server

pytestmark = pytest.mark.browser


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
