"""What stays of the demand ahead without one of its drivers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.forecasting.boosted import Memory
from analytics.forecasting.candidate import Planned
from analytics.forecasting.candidates import candidates
from analytics.forecasting.contract import Bucket
from analytics.forecasting.drivers import (
    DRIVERS,
    no_event,
    no_price_change,
    no_promotion,
    no_surge,
    no_weather,
    staying,
)
from analytics.forecasting.market import market_of
from analytics.forecasting.outside import Told
from analytics.forecasting.panel import Panel
from analytics.forecasting.plans import changed, digest, tail
from analytics.forecasting.run import Forecast, Parameters, forecast
from tests.analytics.forecasting import panels

LENGTH, HORIZON = 90, 3
ROW, PROMOTED, EVENT = 4, 0, 2


def driven(*, promoted: bool = True, eventful: bool = True, dearer: bool = False) -> Panel:
    """Promotions at 8 instead of 10 double demand, an event trebles it; one of each lies ahead."""
    generator = np.random.default_rng(6)
    flat = panels.panel(np.ones((10, LENGTH)), driven=True, horizon=HORIZON)
    promotion = (generator.random((10, LENGTH + HORIZON)) < 0.15).astype(float)
    promotion[:, LENGTH:] = 0.0
    promotion[ROW, LENGTH + PROMOTED] = float(promoted)
    event = (generator.random(LENGTH + HORIZON) < 0.12).astype(float)
    event[LENGTH:] = 0.0
    event[LENGTH + EVENT] = float(eventful)
    price = np.where(promotion > 0, 8.0, 10.0)
    price[ROW + 1, LENGTH + 1 :] = 11.0 if dearer else 10.0
    drivers = {"promotion": promotion, "price": price}
    usual = 20 * np.where(promotion > 0, 2.0, 1.0) * np.where(event > 0, 3.0, 1.0)
    sold = usual[:, :LENGTH] * np.exp(generator.normal(0, 0.1, (10, LENGTH)))
    market = market_of(drivers, flat.series, flat.bucket)
    return replace(flat, sold=sold, demand=sold, drivers=drivers, calendar={"double_11": event}, market=market)


def told_of(of: Panel, *, rain: np.ndarray, searched: np.ndarray) -> Panel:
    """With rain that was foreseen rightly and searches; the last series lies where nobody tells."""
    later = np.arange(LENGTH)[:, None] + 1 + np.arange(HORIZON)
    ahead = {"rain": rain[later], "warmer": np.zeros(later.shape), "celsius": np.full(later.shape, 15.0)}
    place = np.array([0] * 9 + [1])
    weather = Told(place, {name: _known(values) for name, values in ahead.items()}, {"rained": _known(rain[:LENGTH])})
    return replace(of, outside={"weather": weather, "search": Told(place, {}, {"searched": _known(searched)})})


def _known(values: np.ndarray) -> np.ndarray:
    return np.stack([values, np.full(values.shape, np.nan)]).astype(np.float32)


def wet(of: Panel) -> Panel:
    """Rain halves demand, at the second step ahead as well; a surge of searches doubles that of the period after it."""
    generator = np.random.default_rng(9)
    rain = np.where(generator.random(LENGTH + HORIZON) < 0.3, 3.0, 0.0)
    rain[LENGTH:] = 0.0, 3.0, 0.0
    searched = np.where(generator.random(LENGTH) < 0.5, 1.0, 0.0)
    searched[-1] = 1.0
    surged = np.concatenate([[1.0], np.where(searched > 0, 2.0, 1.0)[:-1]])
    sold = of.sold * np.where(rain > 0, 0.5, 1.0)[:LENGTH] * surged
    return told_of(replace(of, sold=sold, demand=sold), rain=rain, searched=searched)


def test_ordinary_weather_and_ordinary_searches_take_the_place_of_what_was_told_at_the_origin() -> None:
    now = wet(driven(promoted=False, eventful=False)).past(LENGTH - 1, HORIZON)
    calm, quiet = no_weather(now), no_surge(now)
    assert calm is not None
    assert quiet is not None
    before, after = now.outside["weather"].ahead["rain"], calm.outside["weather"].ahead["rain"]
    assert before[0, -1].tolist() == [0.0, 3.0, 0.0]
    assert after[0, -1].tolist() == [0.0, 0.0, 0.0]
    assert np.array_equal(before[:, :-1], after[:, :-1], equal_nan=True)
    assert np.isnan(after[1]).all()
    assert quiet.outside["search"].now["searched"][0, -1] == 0.0 != now.outside["search"].now["searched"][0, -1]
    assert quiet.outside["weather"] is now.outside["weather"]


@cache
def told() -> Forecast:
    return forecast(driven(), Parameters(seed=3, origins=3, refit_every=3, slow_series=5))


def test_half_stays_without_the_promotion_and_a_third_without_the_event() -> None:
    promotion, event = (told().staying[name] for name in ("promotion", "event"))
    assert promotion[ROW, PROMOTED] == pytest.approx(1 / 2, rel=0.15)
    assert event[:, EVENT] == pytest.approx(np.full(10, 1 / 3), rel=0.15)
    # Without an event in a period, nothing is taken from it; others at most notice that a neighbour's offer is over.
    assert (np.delete(event, EVENT, axis=1) == 1.0).all()
    assert np.delete(promotion, ROW, axis=0) == pytest.approx(np.ones((9, HORIZON)), abs=0.15)


def test_without_a_driver_ahead_everything_stays_and_without_any_word_of_it_nothing_is_said() -> None:
    assert np.array_equal(told().staying["price"], np.ones((10, HORIZON)))
    calm = told_of(driven(promoted=False, eventful=False), rain=np.zeros(LENGTH + HORIZON), searched=np.zeros(LENGTH))
    assert all(without(calm.past(LENGTH - 1, HORIZON)) is not None for without in DRIVERS.values())
    silent = replace(calm, drivers={}, calendar={"workday": np.ones(LENGTH + HORIZON)}, market={}, outside={})
    now, nobody = silent.past(LENGTH - 1, HORIZON), np.zeros(10, dtype=np.bool_)
    assert [without(now) for without in DRIVERS.values()] == [None] * len(DRIVERS)
    found = staying(now, {}, [], lambda said, promoted, rows: promoted, deaf=nobody)
    assert all(np.isnan(share).all() for share in found.values())


def test_nothing_but_what_lies_ahead_is_changed() -> None:
    rain, searched = np.full(LENGTH + HORIZON, 2.0), np.ones(LENGTH)
    now = told_of(driven(dearer=True), rain=rain, searched=searched).past(LENGTH - 1, HORIZON)
    for name, without in DRIVERS.items():
        plan = without(now)
        assert plan is not None
        assert plan is not now, name
        for one in ("drivers", "calendar", "market"):
            for column, values in getattr(plan, one).items():
                before = getattr(now, one)[column]
                assert np.array_equal(values[..., :LENGTH], before[..., :LENGTH], equal_nan=True), (name, column)


def test_a_planned_price_is_held_where_it_last_stood_and_offers_are_left_alone() -> None:
    now = driven(dearer=True).past(LENGTH - 1, HORIZON)
    plan = no_price_change(now)
    assert plan is not None
    assert (plan.drivers["price"][ROW + 1, LENGTH:] == 10.0).all()
    assert plan.drivers["price"][ROW, LENGTH + PROMOTED] == 8.0
    calm = no_promotion(now)
    assert calm is not None
    assert calm.drivers["price"][ROW, LENGTH + PROMOTED] == pytest.approx(10.0)
    assert calm.drivers["price"][ROW + 1, LENGTH + 1] == 11.0


def test_a_holiday_becomes_a_working_day_and_a_sunday_stays_one() -> None:
    days = np.arange(14)
    columns = {f"weekday_{number}": (days % 7 == number).astype(float) for number in range(6)}
    workday = (days % 7 < 5).astype(float)
    workday[10] = 0.0
    of = replace(
        panels.panel(np.ones((5, 10)), horizon=4, bucket=Bucket.DAY),
        calendar={**columns, "workday": workday, "double_12": (days == 12).astype(float)},
    )
    plan = no_event(of.past(9, 4))
    assert plan is not None
    assert plan.calendar["workday"][10:].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert not plan.calendar["double_12"].any()
    assert all(np.array_equal(plan.calendar[name], values) for name, values in columns.items())


@pytest.mark.parametrize("name", ["pooled", "responsive", "boosted_median", "boosted_mean"])
def test_who_is_asked_again_says_what_a_new_question_would_be_told(name: str) -> None:
    """Laws and features that are kept from the first question give the answer that they would give anew."""
    of = driven(dearer=True)
    now = (wet(of) if name.startswith("boosted") else of).past(LENGTH - 1, HORIZON)
    forecaster = next(one for one in candidates() if one.name == name).fit(now, 3)
    assert isinstance(forecaster, Planned)
    answer = forecaster.answer(now)
    assert np.array_equal(answer.again(now), answer.said)
    for without in DRIVERS.values():
        plan = without(now)
        if plan is None:
            assert not now.outside
            continue
        anew = forecaster(plan)
        assert not np.allclose(anew, answer.said, rtol=1e-3)
        assert answer.again(plan) == pytest.approx(anew, rel=1e-6)


def test_weather_that_is_told_in_another_way_is_another_plan_and_what_was_told_before_is_none() -> None:
    warmer = np.ones((2, LENGTH, HORIZON), dtype=np.float32)
    place = np.array([0] * 9 + [1])
    now, later, before = (
        replace(driven(), outside={"weather": Told(place, {"warmer": values}, {})}).past(LENGTH - 1, HORIZON)
        for values in (warmer, warmer + _at(0, LENGTH - 1), warmer + _at(0, LENGTH - 2))
    )
    assert changed(tail(now), tail(later))[0].tolist() == [True] * 9 + [False]
    assert digest(now) == digest(before) != digest(later)


def _at(place: int, origin: int) -> np.ndarray:
    told = np.zeros((2, LENGTH, HORIZON), dtype=np.float32)
    told[place, origin] = 5.0
    return told


def test_another_plan_is_not_answered_from_memory() -> None:
    now, memory = driven().past(LENGTH - 1, HORIZON), Memory()
    plan = no_event(now)
    assert plan is not None
    assert not np.array_equal(memory.now(now).features, memory.now(plan).features, equal_nan=True)
    assert memory.now(now) is memory.now(now)
