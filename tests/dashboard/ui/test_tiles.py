"""The favourable direction and the user's colours decide how a change looks, never its sign alone."""

from __future__ import annotations

import pytest

from analytics.metrics.metric import Favourable, Unit
from dashboard.services.views import Tile
from dashboard.ui.formatting import MINUS, Format
from dashboard.ui.tiles import arrow_of, colour_of, delta_text, direction
from dashboard.words import words

FMT = Format(words("zh"))


@pytest.mark.parametrize(
    ("way", "favourable", "rises_red", "colour"),
    [
        (1, Favourable.UP, True, "red"),
        (1, Favourable.UP, False, "green"),
        (-1, Favourable.UP, True, "green"),
        (-1, Favourable.UP, False, "red"),
        (1, Favourable.DOWN, True, "green"),
        (1, Favourable.DOWN, False, "red"),
        (1, Favourable.NEITHER, True, "gray"),
        (0, Favourable.UP, True, "gray"),
    ],
)
def test_colour(way: int, favourable: Favourable, rises_red: bool, colour: str) -> None:
    assert colour_of(way, favourable, rises_red=rises_red) == colour


@pytest.mark.parametrize(
    ("value", "baseline", "unit", "text", "way"),
    [
        (110.0, 100.0, Unit.MONEY, "+10.0%", 1),
        (90.0, 100.0, Unit.COUNT, f"{MINUS}10.0%", -1),
        (100.0, 100.0, Unit.COUNT, "0.0%", 0),
        (100.01, 100.0, Unit.COUNT, "0.0%", 0),
        (0.5, 0.4, Unit.RATE, "+10.0百分点", 1),
        (5.0, 0.0, Unit.COUNT, None, 0),
        (5.0, None, Unit.COUNT, None, 0),
        (None, 5.0, Unit.RATE, None, 0),
    ],
)
def test_delta(value: float | None, baseline: float | None, unit: Unit, text: str | None, way: int) -> None:
    tile = Tile("sales", value, baseline, ())
    assert (delta_text(FMT, tile, unit), direction(tile, unit)) == (text, way)


def test_arrows() -> None:
    assert [arrow_of(way) for way in (1, 0, -1)] == ["up", "off", "down"]
