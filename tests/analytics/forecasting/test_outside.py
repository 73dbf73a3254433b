"""Weather and searches: an origin sees what had been told by then, and a forecast is better for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.boosted import Memory, boosted
from analytics.forecasting.candidate import Planned
from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.drivers import Speaker, staying
from analytics.forecasting.features import seen_from
from analytics.forecasting.outside import Told, search_told, surges, weather_told
from analytics.forecasting.panel import Panel
from tests.analytics.forecasting import panels

LENGTH, HORIZON, REACH = 120, 5, 3
"""Days of history, days ahead, and how far weather is forecast."""


def weather(rain: Floats, first: np.datetime64 = panels.MONDAY) -> pd.DataFrame:
    """Each day measured, and forecast one, two and three days before, a millimetre too high for each day ahead."""
    day = np.arange(len(rain))
    parts = [
        pd.DataFrame(
            {"region": "330100", "day": first + day, "issued": first + day - ahead, "celsius": 10.0 + day % 7 + ahead,
             "rain_mm": rain + ahead}
        )
        for ahead in range(REACH + 1)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def asked(rows: pd.DataFrame, of: Panel) -> Told | None:
    place = pd.Series(["330100"] * (of.size - 1) + [None])
    return weather_told(rows, place, periods=of.periods, length=of.length, bucket=of.bucket)


def told(rows: pd.DataFrame, of: Panel) -> Told:
    found = asked(rows, of)
    assert found is not None
    return found


def wet() -> tuple[Panel, Floats]:
    """Ten series that sell 20 a day, and 40 when it rains; the last one's region is unknown."""
    generator = np.random.default_rng(7)
    rain = np.where(generator.random(LENGTH + HORIZON) < 0.3, 20.0, 0.0)
    rain[LENGTH : LENGTH + REACH] = 20.0, 0.0, 20.0
    sold = generator.poisson(np.where(rain > 0, 40.0, 20.0)[None, :LENGTH] * np.ones((10, 1))).astype(np.float64)
    return panels.panel(sold, horizon=HORIZON, bucket=Bucket.DAY), rain


def test_an_origin_sees_the_newest_forecast_that_was_issued_by_then() -> None:
    of, rain = wet()
    found = told(weather(rain), of)
    seen = np.expm1(found.ahead["rain"][0])
    for step in range(REACH):
        assert seen[50, step] == pytest.approx(rain[51 + step] + step + 1, abs=1e-4)
    assert np.isnan(seen[:, REACH:]).all()
    assert np.expm1(found.now["rained"][0, 50]) == pytest.approx(rain[50], abs=1e-4)
    usual = (10.0 + np.arange(37, 51) % 7).mean()
    assert found.ahead["warmer"][0, 50, 1] == pytest.approx(10 + 52 % 7 + 2 - usual, abs=1e-4)
    # The series whose region nobody told about knows nothing.
    assert np.isnan(found.ahead["rain"][found.place[-1]]).all()


def test_nothing_that_was_told_later_reaches_an_origin() -> None:
    of, rain = wet()
    rows, end = weather(rain), panels.MONDAY + 80
    later = rows["issued"].to_numpy() > end
    other = rows.assign(rain_mm=np.where(later, 99.0, rows["rain_mm"]), celsius=np.where(later, -30.0, rows["celsius"]))
    before, after = (
        seen_from(replace(of, outside={"weather": told(one, of)}).past(80, HORIZON)).features for one in (rows, other)
    )
    assert np.array_equal(before, after, equal_nan=True)
    next_day = replace(of, outside={"weather": told(other, of)}).past(81, HORIZON)
    assert not np.array_equal(
        seen_from(next_day).features,
        seen_from(replace(of, outside={"weather": told(rows, of)}).past(81, HORIZON)).features,
        equal_nan=True,
    )


def test_a_past_cut_to_an_earlier_origin_equals_the_past_of_that_origin() -> None:
    of, rain = wet()
    of = replace(of, outside={"weather": told(weather(rain), of)})
    chosen = np.array([3, 9])
    cut = of.past(100, HORIZON).before(70).rows(chosen)
    assert np.array_equal(
        seen_from(cut).features, seen_from(of.rows(chosen).past(70, HORIZON)).features, equal_nan=True
    )


def test_rain_that_is_foreseen_is_forecast() -> None:
    of, rain = wet()
    errors = {}
    for name, outside in (("dry", {}), ("wet", {"weather": told(weather(rain), of)})):
        past = replace(of, outside=outside).past(LENGTH - 1, HORIZON)
        said = boosted(name, "log", Memory()).fit(past, 1)(past)[:9, :REACH]
        came = np.where(rain > 0, 40.0, 20.0)[LENGTH : LENGTH + REACH]
        errors[name] = np.abs(said - came).mean()
    assert errors["wet"] < errors["dry"] / 2


def test_what_the_rain_brings_is_told() -> None:
    """Half of it stays without the rain; where none is foreseen, or nobody tells, nothing is taken away."""
    of, rain = wet()
    now = replace(of, outside={"weather": told(weather(rain), of)}).past(LENGTH - 1, HORIZON)
    forecaster = boosted("wet", "log", Memory()).fit(now, 1)
    assert isinstance(forecaster, Planned)
    answer = forecaster.answer(now)
    speaker = Speaker("wet", np.arange(10), answer.again)
    found = staying(now, {"wet": answer.said}, [speaker], lambda said, *_: said["wet"], deaf=np.zeros(10, dtype=bool))
    share = found["weather"]
    assert share[:9, 0] == pytest.approx(np.full(9, 0.5), rel=0.2)
    assert share[:9, 1] == pytest.approx(np.ones(9), rel=0.1)
    assert (share[:, REACH:] == 1.0).all()
    assert (share[9] == 1.0).all()
    assert np.isnan(found["search"]).all()


def test_measured_weather_alone_teaches_nothing_about_the_days_ahead() -> None:
    of, rain = wet()
    rows = weather(rain)
    assert asked(rows[rows["issued"] == rows["day"]], of) is None
    assert asked(rows[rows["day"] < panels.MONDAY + 50], of) is None


def test_a_week_is_foreseen_when_half_of_its_days_are() -> None:
    generator = np.random.default_rng(2)
    of = panels.panel(generator.poisson(20, (5, 60)).astype(np.float64), horizon=3)
    days = np.arange(63 * 7)
    rows = pd.concat(
        pd.DataFrame({"region": "330100", "day": panels.MONDAY + days, "issued": panels.MONDAY + days - ahead,
                      "celsius": 15.0, "rain_mm": 7.0})
        for ahead in range(5)
    )  # fmt: skip
    found = told(rows, of)
    assert np.expm1(found.ahead["rain"][0, 40, 0]) == pytest.approx(7.0, abs=1e-4)
    assert np.isnan(found.ahead["rain"][0, :, 1:]).all()
    assert asked(rows[(rows["day"] - rows["issued"]).dt.days < 4], of) is None


def searches(rise: float, days: int = LENGTH) -> pd.DataFrame:
    """A thousand a day, ``rise`` times as many in the last week."""
    day = np.arange(days)
    value = np.where(day >= days - 7, 1000.0 * rise, 1000.0)
    one = pd.DataFrame({"word": "绿豆", "region": "330000", "day": panels.MONDAY + day, "value": value})
    calm = one.assign(region="320000", value=1000.0)
    return pd.concat([one, calm, one.assign(word="大米", value=500.0)], ignore_index=True)


def test_searches_speak_for_the_products_that_they_name() -> None:
    of, _ = wet()
    words: list[tuple[str, ...]] = [*[("绿豆",)] * 4, *[("大米",)] * 4, (), ()]
    place = pd.Series(["330000"] * 3 + ["320000"] * 7)
    found = search_told(searches(3.0), place, words, periods=of.periods, length=of.length, bucket=of.bucket)
    assert found is not None
    last = found.now["searched"][found.place, LENGTH - 1]
    assert last[:3] == pytest.approx(np.log(3001 / 1001), abs=1e-4)
    assert last[3] == pytest.approx(0.0, abs=1e-4)
    assert np.isnan(last[4:]).all()  # Of rice nobody told anything in that region, of the rest nothing at all.
    assert np.nanmax(np.abs(found.now["searched"][:, : LENGTH - 8])) < 1e-6


def test_a_surge_is_told_with_the_region_where_it_rose_most() -> None:
    found = surges(searches(3.0), panels.MONDAY + LENGTH - 1, 1.5)
    assert found.to_dict("records") == [
        {"word": "绿豆", "region": "330000", "times": pytest.approx(4002 / 2001, abs=1e-3)}
    ]
    assert surges(searches(3.0), panels.MONDAY + LENGTH - 9, 1.5).empty
    assert surges(searches(1.2), panels.MONDAY + LENGTH - 1, 1.5).empty


def test_a_word_or_region_that_was_loaded_only_lately_did_not_surge() -> None:
    rows, last = searches(1.0), panels.MONDAY + LENGTH - 1
    late = rows["day"].to_numpy() > last - np.timedelta64(10, "D")
    assert surges(rows[late], last, 1.5).empty
    assert surges(rows[late | (rows["region"] == "320000")], last, 1.5).empty
    # A day or two that nobody told are no fall, either.
    risen = searches(3.0)
    found = surges(risen[risen["day"] != last], last, 1.5)
    assert found["times"].tolist() == [pytest.approx(4001 / 2001, abs=1e-3)]


def test_what_was_measured_twice_is_what_was_measured_last() -> None:
    of, rain = wet()
    rows = weather(rain)
    measured = rows[rows["issued"] == rows["day"]]
    again = measured.assign(issued=measured["day"] + pd.Timedelta(days=2), rain_mm=7.0)
    one, other = (told(pd.concat(parts), of).now["rained"] for parts in ([rows, again], [again, rows]))
    assert np.array_equal(one, other, equal_nan=True)
    assert np.expm1(one[0, 50]) == pytest.approx(7.0, abs=1e-4)


def test_what_was_told_of_places_where_nothing_is_sold_teaches_nothing() -> None:
    of, rain = wet()
    far = weather(rain).assign(region="440100")
    near = weather(rain)
    assert asked(pd.concat([far, near[near["issued"] == near["day"]]]), of) is None
