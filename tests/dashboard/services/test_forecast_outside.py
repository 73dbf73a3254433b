"""Which weather and which searches speak for a series, from loaded rows to what an origin sees."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.core.access import ROOT, Action
from analytics.forecasting.contract import Bucket
from dashboard.services.forecast_inputs import frames_of, panels_of
from dashboard.services.forecast_outside import nearest, words_of
from dashboard.services.search_alerts import search_surges
from tests.worlds import CHANNELS, PRODUCTS, REGIONS, World, line, make_world

FIRST, DAYS = date(2025, 11, 24), 90
LAST = FIRST + timedelta(days=DAYS - 1)


def days(extra: int = 0) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(DAYS + extra)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A shop in Shijiazhuang that sells by the day; weather of the city, searches of the province."""
    told = [
        {"scheme": "gb-t-2260", "region": "130100", "day": day.isoformat(), "issued": (day - ahead).isoformat(),
         "low_celsius": 0.0, "high_celsius": 10.0, "rain_mm": float(day.day)}
        for day in days(2) for ahead in (timedelta(0), timedelta(1), timedelta(2)) if day - ahead <= LAST
    ]  # fmt: skip
    searched = [
        {"platform": "shop", "keyword": "Rice", "scheme": "gb-t-2260", "region": "130000", "day": day.isoformat(),
         "value": 300.0 if day > LAST - timedelta(days=7) else 100.0}
        for day in days()
    ]  # fmt: skip
    return make_world(
        Path(tmp_path_factory.mktemp("outside")),
        {
            "channel": CHANNELS,
            "product": PRODUCTS,
            "region": REGIONS,
            "node": [{"node": "N1", "kind": "store", "region": "130100", "region_scheme": "gb-t-2260"}],
            "lane": [{"lane": "L", "origin": "P", "node": "N1", "lead_days": 1.0, "review_weekdays": "1,3,5"}],
            "order_line": [
                line(f"{sku}{at}", "1", day.isoformat(), "shop", sku, 3 + at % 4, "1", node="N1")
                for sku in ("R5", "O1") for at, day in enumerate(days())
            ],
            "weather": told,
            "search_index": searched,
        },
    )  # fmt: skip


def test_what_was_loaded_reaches_the_series_that_it_speaks_for(world: World) -> None:
    opened = world.services(ROOT).desk.open(Action.SEE_FORECAST)
    (panel,) = panels_of(frames_of(opened.facts), LAST, 5)
    assert panel.bucket is Bucket.DAY
    weather, search = panel.outside["weather"], panel.outside["search"]
    rain = np.expm1(weather.ahead["rain"][weather.place, panel.length - 1])
    coming = [(LAST + timedelta(days=ahead)).day for ahead in (1, 2)]
    assert rain[:, :2] == pytest.approx(np.array([coming, coming], dtype=float), rel=1e-4)
    assert np.isnan(rain[:, 2:]).all()
    assert weather.ahead["celsius"][0, panel.length - 1, 0] == 5.0
    rose = search.now["searched"][search.place, panel.length - 1]
    by_sku = dict(zip(panel.series["sku"], rose.tolist(), strict=True))
    assert by_sku["R5"] == pytest.approx(np.log(301 / 101), abs=1e-3)
    assert np.isnan(by_sku["O1"])


def test_a_surge_is_told_in_words_and_only_while_it_lasts(world: World) -> None:
    opened = world.services(ROOT).desk.open(Action.SEE_FORECAST)
    found = search_surges(opened, LAST)
    assert found[["word", "platform"]].to_dict("records") == [{"word": "Rice", "platform": "Shop"}]
    assert found["region"].tolist() == [next(row["name"] for row in REGIONS if row["code"] == "130000")]
    assert found["times"].tolist() == [pytest.approx(301 / 101, abs=1e-3)]
    assert search_surges(opened, LAST - timedelta(days=7)).empty


def test_the_nearest_region_that_was_told_about_speaks() -> None:
    regions = pd.DataFrame(
        [("330106", "330100", "330000"), ("330100", "330100", "330000"), ("320500", "320500", "320000")],
        columns=["code", "city", "province"],
    )
    asked = pd.Series(["330106", "330100", "320500", "990000", None])
    told = pd.Series(["330100", "320000", "990000"])
    found = nearest(asked, told, regions)
    assert found.iloc[:4].tolist() == ["330100", "330100", "320000", "990000"]
    assert pd.isna(found.iloc[4])


def test_words_speak_for_names_and_categories() -> None:
    series = pd.DataFrame({"name": ["五常大米 5kg", "花生油 5L", None], "category": ["大米", "食用油", None]})
    told = pd.Series(["五常大米\x1fA", "油\x1fA", "大米\x1fB", "年货\x1fA"])
    assert words_of(series, told) == [("五常大米\x1fA", "大米\x1fB"), ("油\x1fA",), ()]
