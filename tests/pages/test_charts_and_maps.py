"""Every chart and map of every page can be read without seeing it, and by nobody's colours alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.words import words
from pages import PAGES
from tests.architecture.source import python_files
from tests.pages.test_pages import VISITORS, opened

pytestmark = pytest.mark.slow

DRAWING = {"plotly_chart": "dashboard/ui/showing.py", "pydeck_chart": "dashboard/ui/page.py"}
"""The one place that may draw with each of them; whatever else Streamlit draws has neither our look nor a table."""
OTHERS = ("line_chart", "bar_chart", "area_chart", "scatter_chart", "altair_chart", "vega_lite_chart", "graphviz_chart",
          "pyplot", "bokeh_chart", "map")  # fmt: skip


def elements(app: AppTest, kind: str) -> list[Any]:
    return [element.proto for element in app.get(kind)]


@pytest.fixture(scope="module", params=[spec.url_path for spec in PAGES])
def page(request: pytest.FixtureRequest) -> AppTest:
    return opened(request.param, "en", role=VISITORS.get(request.param, "executive"))


def test_every_chart_has_words_and_a_table_behind_it(page: AppTest) -> None:
    charts = elements(page, "plotly_chart")
    behind = [one for one in page.expander if one.label == words("en").t("chart.table")]
    assert len(behind) == len(charts)
    assert all(len(chart.alt) > 10 for chart in charts)


def test_every_map_has_words_and_a_table_beside_it(page: AppTest) -> None:
    maps = elements(page, "deck_gl_json_chart")
    assert all(len(one.alt) > 10 for one in maps)
    assert not maps or page.dataframe


def test_nothing_is_told_by_colour_alone(page: AppTest) -> None:
    """Lines differ by their dash or width, bars say their values with a sign, areas are named in the legend."""
    for chart in elements(page, "plotly_chart"):
        told = json.loads(chart.spec)["data"]
        looks = [signature(trace) for trace in told if trace.get("type") == "scatter" and trace.get("mode") == "lines"]
        assert len(set(looks)) == len(looks), looks
        for trace in told:
            colours = trace.get("marker", {}).get("color")
            assert not isinstance(colours, list) or len(trace["text"]) == len(colours)


def signature(trace: dict[str, Any]) -> str:
    line = trace.get("line", {})
    return f"{line.get('dash', 'solid')} {line.get('width')} {trace.get('fill', '')}"


def test_charts_and_maps_are_drawn_in_one_place_each() -> None:
    """The tests above see what pages show at first; this holds for what opens later."""
    for file in python_files():
        if not file.within("dashboard", "pages"):
            continue
        for name, place in DRAWING.items():
            assert not drawn(name, file.text) or file.within(place), f"{name} in {file.path}"
        assert not [name for name in OTHERS if drawn(name, file.text)], file.path


def drawn(name: str, text: str) -> bool:
    return re.search(rf"\bst\.{name}\(", text) is not None


@pytest.mark.parametrize(("address", "charts", "maps"), [("today", 2, 0), ("forecast", 3, 0), ("heatmap", 0, 1)])
def test_this_file_sees_charts_and_maps(address: str, charts: int, maps: int) -> None:
    app = opened(address, "en")
    assert len(elements(app, "plotly_chart")) >= charts
    assert len(elements(app, "deck_gl_json_chart")) >= maps
