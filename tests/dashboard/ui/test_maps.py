"""Maps draw without a foreign host; a colour means one thing, and a click is the same as a choice from the list."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analytics.core.errors import DomainError
from analytics.metrics.metric import Unit
from dashboard.services.requests import Asked, Look
from dashboard.services.views import Place
from dashboard.ui.formatting import Format
from dashboard.ui.maps.deck import Backdrop, deck, important, scale_of
from dashboard.ui.maps.layers import CELLS, POINTS, outlines, spaced, tiles
from dashboard.ui.maps.scale import growth_scale, value_scale
from dashboard.ui.maps.select import cell_labels
from dashboard.ui.maps.view import CLOSEST, FARTHEST, fitted, fitting_resolution
from dashboard.ui.tokens import DARK, LIGHT, Palette
from dashboard.words import words
from tests.dashboard.ui.fake_services import FakeTerritory

ZH, EN = Format(words("zh")), Format(words("en"))


def drawn(
    fmt: Format, metric: str, kind: str, palette: Palette = LIGHT, extra: Backdrop | None = None
) -> dict[str, object]:
    view = FakeTerritory().heatmap(Asked(), Look(metric), 5)
    scale = scale_of(view, palette, rises_red=True)
    chosen = (str(view.cells["cell"][0]),)
    made = deck(fmt, palette, view, scale, kind=kind, chosen=chosen, extra=extra or Backdrop())
    return dict(json.loads(made.to_json()))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("kind", [CELLS, POINTS])
@pytest.mark.parametrize("metric", ["sales", "orders", "buyers", "growth"])
def test_maps_ask_no_foreign_host(metric: str, kind: str, palette: Palette) -> None:
    spec = drawn(ZH, metric, kind, palette)
    assert "http" not in json.dumps(spec)
    assert spec.get("mapProvider") is None
    # pydeck's own mark for "no style was asked for"; any other value would call a tile server.
    assert spec.get("mapStyle") in (None, "__MAP_STYLE__")


def test_places_are_named_in_the_language_of_the_page() -> None:
    assert "哈尔滨" in json.dumps(drawn(ZH, "sales", CELLS)["layers"][-1], ensure_ascii=False)  # type: ignore[index]
    assert "Harbin" in json.dumps(drawn(EN, "sales", CELLS)["layers"][-1])  # type: ignore[index]


def test_chinese_names_have_their_letters() -> None:
    assert drawn(ZH, "sales", CELLS)["layers"][-1]["characterSet"] == "auto"  # type: ignore[index]


def test_own_tiles_and_outlines_are_used_only_when_given(tmp_path: Path) -> None:
    file = tmp_path / "own.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    spec = json.dumps(drawn(ZH, "sales", CELLS, extra=Backdrop(file, "https://tiles.example/{z}/{x}/{y}.png")))
    assert "GeoJsonLayer" in spec
    assert "https://tiles.example/" in spec


def test_unreadable_outlines_are_a_refusal_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "own.geojson"
    file.write_text("nonsense", encoding="utf-8")
    with pytest.raises(DomainError, match="geojson_unreadable"):
        outlines(file, LIGHT)


def test_tiles_cover_the_view() -> None:
    view = fitted(pd.Series([31.0, 32.0]), pd.Series([120.0, 121.0]))
    bounds = [layer.bounds for layer in tiles("/{z}/{x}/{y}", view)]
    assert min(west for west, _, _, _ in bounds) < 120.0
    assert max(north for _, _, _, north in bounds) > 32.0
    assert any(west <= 120.5 <= east and south <= 31.5 <= north for west, south, east, north in bounds)


def test_more_is_never_paler() -> None:
    scale = value_scale(LIGHT, 0, 400_000, Unit.MONEY)
    shades = [LIGHT.sequential.index(str(scale.colour(value))) for value in range(0, 500_000, 1_000)]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (0, len(LIGHT.sequential) - 1)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (0.0, 1.0), (5.0, 5.0), (0.0, 1e12)])
def test_scales_of_odd_limits_still_colour(low: float, high: float) -> None:
    scale = value_scale(LIGHT, low, high, Unit.COUNT)
    assert list(scale.limits) == sorted(scale.limits)
    assert scale.colour(high) in LIGHT.sequential
    assert scale.colour(None) is None


def test_growth_has_a_neutral_middle_and_follows_the_users_colours() -> None:
    red, green = growth_scale(LIGHT, rises_red=True), growth_scale(LIGHT, rises_red=False)
    assert red.colour(0.0) == green.colour(0.0) == LIGHT.diverging[3]
    assert red.colour(0.9) == green.colour(-0.9) == LIGHT.diverging[-1]


def test_one_shop_abroad_does_not_shrink_the_country() -> None:
    latitudes, longitudes = (
        pd.Series([31.0 + step / 100 for step in range(200)] + [-33.0]),
        pd.Series([120.0] * 200 + [151.0]),
    )
    assert fitted(latitudes, longitudes).latitude == pytest.approx(32.0, abs=0.1)


def test_views_have_limits() -> None:
    assert fitted(pd.Series([31.0]), pd.Series([120.0])).zoom == CLOSEST
    assert fitted(pd.Series([-80.0, 80.0]), pd.Series([-179.0, 179.0])).zoom == FARTHEST
    assert fitted(pd.Series(dtype=float), pd.Series(dtype=float)).zoom > FARTHEST


def test_small_areas_get_small_hexagons() -> None:
    country = fitting_resolution(pd.Series([20.0, 46.0]), pd.Series([90.0, 126.0]))
    city = fitting_resolution(pd.Series([31.0, 31.4]), pd.Series([121.2, 121.7]))
    assert country < city


def test_labels_do_not_cover_each_other() -> None:
    near = [
        Place({"zh": name, "en": name}, 31.0, 120.0 + step / 1000, 9.0 - step) for step, name in enumerate("甲乙丙")
    ]
    far = Place({"zh": "丁", "en": "D"}, 40.0, 100.0, 0.5)
    assert [place.names["zh"] for place in spaced([*near, far], "zh", 5)] == ["甲", "丁"]


def test_names_amid_the_data_come_first() -> None:
    frame = pd.DataFrame({"latitude": [36.6, 36.7], "longitude": [117.1, 117.0]})
    far, near = Place({"zh": "远"}, 20.0, 100.0, 9.0), Place({"zh": "近"}, 36.65, 117.1, 1.0)
    assert important([far, near], frame) == [near, far]


def test_cells_of_one_place_are_told_apart() -> None:
    cells = pd.DataFrame({"cell": ["a", "b", "c"], "place": ["杭州", "杭州", ""]})
    assert cell_labels(ZH, cells) == {"a": "杭州", "b": "杭州 2", "c": "未命名区块"}


def test_an_empty_map_draws() -> None:
    view = FakeTerritory().heatmap(Asked(), Look("sales"), 5)
    view = replace(view, cells=view.cells[:0], points=view.points[:0], places=())
    for kind in (CELLS, POINTS):
        scale = scale_of(view, LIGHT, rises_red=True)
        assert deck(ZH, LIGHT, view, scale, kind=kind, chosen=(), extra=Backdrop()).to_json()
