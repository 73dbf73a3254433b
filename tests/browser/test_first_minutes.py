"""A newcomer's first five minutes: sign in, change period and region, understand a change, send a link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import PATIENCE, visit
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_a_newcomer_finds_out_why_and_sends_the_link(chromium: Browser, served: Server) -> None:
    tab = visit(chromium, served, language="en")
    page = tab.page
    tab.open("today")
    page.get_by_role("combobox", name="Period", exact=True).click()
    page.get_by_role("option", name="Last 7 days").click()
    expect(page).to_have_url(re.compile("period=last_7_days"), timeout=PATIENCE)
    tab.settle()
    page.get_by_role("button", name="More filters").click()
    region = page.get_by_role("combobox", name="Region")
    region.fill("石家庄市", timeout=PATIENCE)
    page.get_by_role("option").first.click()
    expect(page.get_by_role("button", name=re.compile("^Region: "))).to_be_visible(timeout=PATIENCE)
    tab.settle()
    page.keyboard.press("Escape")
    expect(region).to_be_hidden(timeout=PATIENCE)
    tab.settle()
    kpi = page.get_by_role("combobox", name="KPI", exact=True)
    kpi.scroll_into_view_if_needed()
    page.wait_for_timeout(800)  # a list that opens while the page still scrolls closes again, and has no event
    kpi.click()
    page.get_by_role("option", name="Orders", exact=True).click()
    expect(page.get_by_text(re.compile("^Change of Orders by"))).to_be_visible(timeout=PATIENCE)
    tab.settle()
    page.get_by_role("button", name="Views and link").click()
    address = page.get_by_test_id("stCode").inner_text(timeout=PATIENCE).strip().split("/", 3)[3]
    assert address == "today?period=last_7_days&region=130100"
    page.context.close()
    arrives(chromium, served, address)


def arrives(chromium: Browser, served: Server, address: str) -> None:
    """A dealer opens it in another language: the same period and region, of what a dealer sees."""
    tab = visit(chromium, served, name="dealer-a", language="zh")
    tab.open(address)
    expect(tab.page.get_by_role("combobox", name="时间")).to_have_value("近 7 天", timeout=PATIENCE)
    expect(tab.page.get_by_role("button", name=re.compile("^地区："))).to_be_visible(timeout=PATIENCE)
    assert tab.foreign == []
    tab.page.context.close()
