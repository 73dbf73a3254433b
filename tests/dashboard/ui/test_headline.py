"""The sentence at the top says what the numbers say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics.metrics.metric import Unit
from dashboard.services.requests import Asked, Look
from dashboard.services.views import Tile
from dashboard.ui.formatting import Format
from dashboard.ui.headline import contributions, escaped, heatmap_sentence, movers, today_sentence
from dashboard.words import words
from tests.dashboard.ui.fake_services import FakeOverview, FakeTerritory

ZH, EN = Format(words("zh")), Format(words("en"))
FRAME = pd.DataFrame(
    {
        "name": ["up", "unknown", "down", "most", "lost", "new"],
        "sales": [120.0, 50.0, 80.0, 300.0, 0.0, 30.0],
        "baseline": [100.0, float("nan"), 100.0, 200.0, 90.0, 0.0],
    }
)


def test_contributions_leave_out_what_has_no_baseline() -> None:
    assert contributions(FRAME).round(6).to_dict() == {"up": 20, "down": -20, "most": 100, "lost": -90, "new": 30}


@pytest.mark.parametrize(("total", "named"), [(100.0, ["most", "new"]), (-5.0, ["lost", "down"])])
def test_movers_go_the_way_of_the_total(total: float, named: list[str]) -> None:
    assert list(movers(FRAME, total).index) == named


def test_today_in_both_languages() -> None:
    today = FakeOverview().today(Asked())
    assert today_sentence(ZH, today) == (
        "2026年10月2日至31日，销售额 **¥123\u2060万**，较2026年9月2日至10月1日 **+4.2%**，"
        "主要来自哈尔滨粮油店（+\u2060¥5.00\u2060万）、沈阳粮油店（+\u2060¥1.84\u2060万）。"
    )
    assert today_sentence(EN, today).startswith("Sales were **¥1.23M** in ")


def test_today_without_a_baseline_does_not_compare() -> None:
    today = replace(FakeOverview().today(Asked()), tiles=(Tile("sales", 5.0, None, ()),))
    assert "%" not in today_sentence(ZH, today)


def test_today_without_sales_says_so() -> None:
    today = replace(FakeOverview().today(Asked()), tiles=(Tile("sales", None, None, (), ("order_line",)),))
    assert today_sentence(ZH, today) == "2026年10月2日至31日没有销售数据。"


@pytest.mark.parametrize("metric", ["sales", "orders", "buyers", "growth"])
def test_heatmap_names_a_place(metric: str) -> None:
    view = FakeTerritory().heatmap(Asked(), Look(metric), 5)
    unit = Unit.MONEY if metric == "sales" else Unit.COUNT
    assert ("广州" if metric == "growth" else "哈尔滨") in heatmap_sentence(ZH, view, unit)


def test_an_empty_map_says_so() -> None:
    view = FakeTerritory().heatmap(Asked(), Look("sales"), 5)
    assert "没有" in heatmap_sentence(ZH, replace(view, cells=view.cells[:0]), Unit.MONEY)


def test_names_cannot_bring_markdown() -> None:
    assert escaped("[x](http://evil) **b** `c` <i>") == (r"\[x\]\(http\://evil\) \*\*b\*\* \`c\` \<i\>")
