"""Days of a period are missing: the page says which, and every tile, chart and table of it says so again."""

from __future__ import annotations

import json

import pytest

from dashboard.words import words
from tests.pages.test_pages import opened, texts

pytestmark = pytest.mark.slow

BADGE = ":material/incomplete_circle:"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", ["today", "fulfilment", "heatmap"])
def test_a_page_of_an_incomplete_period_says_what_is_missing(page: str, language: str) -> None:
    app, t = opened(page, language, kind="partial"), words(language).t
    told = texts(app).replace("\\", "")
    assert not app.exception
    assert not app.error
    assert "shop_erp" in told
    assert t("partial.short", count=2) in told, "below a table"
    for key in ("partial.period", "partial.before"):
        assert t(key, holes="|").split("|")[0] in told


@pytest.mark.parametrize("page", ["today", "fulfilment"])
def test_tiles_of_orders_wear_a_sign_and_a_word_and_are_no_news(page: str) -> None:
    app, badge = opened(page, "zh", kind="partial"), words("zh").t("partial.badge")
    known = [tile.proto for tile in app.metric if tile.proto.body != "–"]
    marked = [tile for tile in known if tile.icon == BADGE]
    assert marked
    assert all(tile.delta_description == badge for tile in marked)
    assert all(tile.icon in ("", BADGE) for tile in known if tile in marked)


def test_the_chart_rings_the_days_and_its_legend_says_why() -> None:
    chart = json.loads(opened("today", "en", kind="partial").get("plotly_chart")[0].proto.spec)
    ring = next(trace for trace in chart["data"] if trace.get("mode") == "markers")
    assert ring["name"] == words("en").t("partial.badge")
    assert len(ring["x"]) == 2
    # A click on a ring must not name another day.
    assert ring["hoverinfo"] == "skip"


@pytest.mark.parametrize("page", ["today", "fulfilment", "heatmap"])
def test_a_whole_period_says_nothing_of_it(page: str) -> None:
    app = opened(page, "en")
    assert words("en").t("partial.badge") not in texts(app)
    assert not [tile for tile in app.metric if tile.proto.icon == BADGE]
