"""Taking a table along, as somebody with a browser does."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import visit
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_table_is_taken_along_and_the_grid_offers_no_way_of_its_own(served: Server, chromium: Browser) -> None:
    seen = visit(chromium, served, language="en")
    seen.open("today")
    table = seen.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.hover()
    toolbar = table.locator("xpath=ancestor-or-self::*[.//*[@data-testid='stElementToolbar']]").last
    expect(toolbar.get_by_label("Fullscreen").first).to_be_visible()
    expect(seen.page.get_by_label("Download as CSV")).to_have_count(0)

    def press(form: str) -> Path:
        with seen.page.expect_download() as download:
            seen.page.locator(f".st-key-overview-today-tiers-{form} button").first.click()
        assert download.value.suggested_filename.endswith(f".{form}")
        return Path(download.value.path())

    lines = list(csv.reader(io.StringIO(press("csv").read_text("utf-8-sig"), newline="")))
    header, *rows = [line for line in lines if not line[0].startswith("# ")]
    assert header[0] == "Name"
    sheet = openpyxl.load_workbook(io.BytesIO(press("xlsx").read_bytes())).worksheets[0]
    assert [cell.value for cell in sheet["A"]][1:] == [row[0] for row in rows]
    assert not seen.foreign
    assert not seen.complaints
