"""Figures say what they show in the page's own numbers, and ask no foreign host for anything."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.metrics.metric import Unit
from dashboard.ui.charts.bars import bars
from dashboard.ui.charts.template import nice_ticks, tidy
from dashboard.ui.charts.trend import trend
from dashboard.ui.formatting import Format
from dashboard.ui.markup import key_markup
from dashboard.ui.tokens import DARK, LIGHT, Palette
from dashboard.words import words

FMT = Format(words("zh"))
DAYS = pd.DataFrame(
    {
        "day": [date(2026, 1, 1) + timedelta(days=step) for step in range(5)],
        "sales": [10_000.0, 20_000.0, 30_000.0, float("nan"), 50_000.0],
        "baseline": [float("nan")] * 5,
    }
)
THINGS = pd.DataFrame({"name": ["a", "a much too long name for an axis"], "sales": [200.0, None]})


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_name_no_foreign_host(palette: Palette) -> None:
    figures = [
        trend(FMT, palette, DAYS, "sales", "baseline", Unit.MONEY),
        bars(FMT, palette, THINGS, "name", "sales", Unit.MONEY),
    ]
    assert not [figure for figure in figures if "http" in figure.to_json()]


def test_a_key_names_every_limit_once_and_escapes() -> None:
    drawn = key_markup(["#123456", "#abcdef"], ["<5"], 'of "sales"')
    assert drawn.count("<span>") == 2
    assert "&lt;5" in drawn
    assert "<5" not in drawn
    assert 'aria-label="of &quot;sales&quot;"' in drawn
    with pytest.raises(ValueError, match="zip"):
        key_markup(["#123456"], ["1"], "")


def test_the_trend_breaks_where_there_is_no_number() -> None:
    drawn = trend(FMT, LIGHT, DAYS, "sales", "baseline", Unit.MONEY)
    assert [line.name for line in drawn.data] == ["对比期", "本期"]
    assert all(line.connectgaps is False for line in drawn.data)
    assert drawn.data[1].customdata[3] == "–"
    assert list(drawn.layout.yaxis.ticktext)[-1] == "¥6万"


def test_a_trend_without_any_number_still_draws() -> None:
    assert trend(FMT, LIGHT, DAYS.assign(sales=float("nan")), "sales", "baseline", Unit.MONEY).data


def test_bars_keep_the_order_and_shorten_names() -> None:
    drawn = bars(FMT, LIGHT, THINGS, "name", "sales", Unit.MONEY)
    assert list(drawn.layout.yaxis.ticktext) == ["a", "a much too long n…"]
    assert list(drawn.data[0].text) == ["¥200.00", "¥0.00"]


@pytest.mark.parametrize("limits", [(0.0, 870.0), (-30.0, 12.0), (0.0, 0.0), (3.0, 4.0), (0.0, 1e12)])
def test_ticks_span_the_values_and_zero(limits: tuple[float, float]) -> None:
    ticks = nice_ticks(*limits)
    assert ticks[0] <= min(limits[0], 0) <= max(limits[1], 0) <= ticks[-1]
    assert 0 in ticks
    assert len(ticks) <= 8


def test_labels_lose_empty_decimals() -> None:
    assert [tidy(label) for label in ("¥2.50万", "100", "$10.0K", "5.0%")] == ["¥2.5万", "100", "$10K", "5%"]
