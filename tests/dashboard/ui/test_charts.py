"""Figures say what they show in the page's own numbers, and ask no foreign host for anything."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from analytics.metrics.metric import Favourable, Unit
from dashboard.ui.charts.changes import changes
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
MOVED = pd.DataFrame({"name": ["a", "a much too long name for an axis", "c"], "change": [200.0, -50.0, 0.0]})


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_name_no_foreign_host(palette: Palette) -> None:
    figures = [
        trend(FMT, palette, DAYS, "sales", "baseline", Unit.MONEY),
        changes(FMT, palette, MOVED, Unit.MONEY, Favourable.UP, rises_red=True),
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


def test_changes_keep_the_order_shorten_names_and_carry_their_sign() -> None:
    drawn = changes(FMT, LIGHT, MOVED, Unit.MONEY, Favourable.UP, rises_red=True)
    assert list(drawn.layout.yaxis.ticktext) == ["a", "a much too long n…", "c"]
    assert list(drawn.data[0].x) == [200.0, -50.0, 0.0]
    assert [text[0] for text in drawn.data[0].text] == ["+", "−", "¥"]
    assert list(drawn.data[0].marker.color) == [LIGHT.rise_red, LIGHT.fall_green, LIGHT.muted]


@pytest.mark.parametrize(
    ("favourable", "rises_red", "expected"),
    [
        (Favourable.UP, False, (LIGHT.fall_green, LIGHT.rise_red)),
        (Favourable.DOWN, True, (LIGHT.fall_green, LIGHT.rise_red)),
        (Favourable.NEITHER, True, (LIGHT.muted, LIGHT.muted)),
    ],
)
def test_colours_follow_what_is_good_and_the_users_setting(
    favourable: Favourable, rises_red: bool, expected: tuple[str, str]
) -> None:
    drawn = changes(FMT, LIGHT, MOVED, Unit.COUNT, favourable, rises_red=rises_red)
    assert tuple(drawn.data[0].marker.color)[:2] == expected


def test_changes_of_a_rate_are_percentage_points() -> None:
    frame = pd.DataFrame({"name": ["a"], "change": [-0.0123]})
    drawn = changes(FMT, LIGHT, frame, Unit.RATE, Favourable.UP, rises_red=True)
    assert list(drawn.data[0].text) == [FMT.points(-0.0123)]


@pytest.mark.parametrize("limits", [(0.0, 870.0), (-30.0, 12.0), (0.0, 0.0), (3.0, 4.0), (0.0, 1e12)])
def test_ticks_span_the_values_and_zero(limits: tuple[float, float]) -> None:
    ticks = nice_ticks(*limits)
    assert ticks[0] <= min(limits[0], 0) <= max(limits[1], 0) <= ticks[-1]
    assert 0 in ticks
    assert len(ticks) <= 8


def test_labels_lose_empty_decimals() -> None:
    assert [tidy(label) for label in ("¥2.50万", "100", "$10.0K", "5.0%")] == ["¥2.5万", "100", "$10K", "5%"]
