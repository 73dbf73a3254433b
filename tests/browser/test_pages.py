"""What people do on pages in a real browser: choosing does what it says."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from data.sample.accounts import DEMO_PASSWORD
from tests.browser.visit import PATIENCE, visit
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_signing_in_leads_to_the_role_home_and_out_again(chromium: Browser, served: Server) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    page.goto(served.base_url)
    page.locator("#name").fill("dealer-a")
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("heading", name="区域热力图")).to_be_visible(timeout=PATIENCE)
    assert urlsplit(page.url).path == "/heatmap"
    page.context.close()


def test_choosing_an_area_filters_the_table_and_the_address(chromium: Browser, served: Server) -> None:
    tab = visit(chromium, served)
    tab.open("heatmap")
    expect(tab.page.get_by_text("区块内的渠道伙伴")).to_be_visible(timeout=PATIENCE)
    before = tab.page.get_by_text("区块内的渠道伙伴").inner_text()
    tab.page.get_by_role("combobox", name="选择区块").click()
    tab.page.get_by_role("option").first.click()
    expect(tab.page.get_by_role("button", name=re.compile("^区块："))).to_be_visible(timeout=PATIENCE)
    expect(tab.page.get_by_text("区块内的渠道伙伴")).not_to_have_text(before, timeout=PATIENCE)
    assert re.fullmatch("[0-9a-f]{15}", parse_qs(urlsplit(tab.page.url).query)["cell"][0])
    tab.page.get_by_role("button", name=re.compile("^区块：")).click()
    expect(tab.page.get_by_text("区块内的渠道伙伴")).to_have_text(before, timeout=PATIENCE)
    assert "cell" not in urlsplit(tab.page.url).query
    tab.page.context.close()


def test_filters_go_along_to_another_page_and_into_the_other_language(chromium: Browser, served: Server) -> None:
    tab = visit(chromium, served)
    tab.open("today?period=last_7_days&compare=last_year")
    expect(tab.page.get_by_role("combobox", name="时间")).to_have_value("近 7 天", timeout=PATIENCE)
    tab.page.get_by_role("link", name="区域热力图").click()
    expect(tab.page.get_by_role("heading", name="区域热力图", level=2)).to_be_visible(timeout=PATIENCE)
    expect(tab.page).to_have_url(re.compile("period=last_7_days"), timeout=PATIENCE)
    tab.settle()
    tab.page.get_by_role("link", name="English").click()
    expect(tab.page.get_by_role("combobox", name="Period")).to_have_value("Last 7 days", timeout=PATIENCE)
    assert "compare=last_year" in tab.page.url
    tab.page.context.close()


def test_a_link_shows_only_what_its_reader_may_see(chromium: Browser, served: Server) -> None:
    """The executive's link names a dealer's rival; the dealer gets the page, without the rival."""
    tab = visit(chromium, served, name="dealer-a")
    tab.open("today?partner=D07")
    expect(tab.page.get_by_text("已忽略")).to_be_visible(timeout=PATIENCE)
    expect(tab.page.get_by_test_id("stButton").filter(has_text="D07")).to_have_count(0)
    tab.page.context.close()


def test_selecting_a_row_narrows_the_page_and_opens_its_order_lines(chromium: Browser, served: Server) -> None:
    """A province leads to its cities, a city to its dealers; a dealer opens the order lines behind the numbers."""
    tab = visit(chromium, served)
    tab.open("today")
    for chip in ("^地区：", "^地区：", "^渠道伙伴："):
        table = tab.page.get_by_test_id("stDataFrame").first
        table.scroll_into_view_if_needed(timeout=PATIENCE)
        expect(table.locator("canvas").first).to_be_visible(timeout=PATIENCE)
        tab.page.wait_for_timeout(1500)  # a grid hears clicks a moment after its canvas is there, and has no event
        chips = tab.page.get_by_role("button", name=re.compile(chip))
        before = chips.all_inner_texts()
        for row in range(3):
            # What was sold through no partner has a row, too, and leads nowhere.
            table.click(position={"x": 18, "y": 55 + 35 * row})
            tab.page.wait_for_timeout(1000)
            tab.settle()
            if chips.all_inner_texts() != before:
                break
        expect(chips.first).to_be_visible(timeout=PATIENCE)
    expect(tab.page.get_by_text(re.compile("^共 .* 行，显示最近"))).to_be_visible(timeout=PATIENCE)
    assert parse_qs(urlsplit(tab.page.url).query)["partner"]
    tab.page.context.close()


def test_the_colours_of_good_news_can_be_swapped(chromium: Browser, served: Server) -> None:
    tab = visit(chromium, served)
    tab.open("today?period=last_7_days")
    tab.page.get_by_role("button", name="executive").click()
    tab.page.get_by_role("link", name="绿涨红跌").click()
    expect(tab.page.get_by_role("heading", name="今日经营", level=2)).to_be_visible(timeout=PATIENCE)
    tab.settle()
    assert "period=last_7_days" in tab.page.url
    tab.page.get_by_role("button", name="executive").click()
    expect(tab.page.get_by_role("link", name="红涨绿跌")).to_be_visible(timeout=PATIENCE)
    tab.photograph("today-zh-account")
    tab.page.context.close()
