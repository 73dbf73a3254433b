"""Weather of the demo cities: temperature and rain day by day, and what was forecast before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from data.sample.columns import from_columns, named
from data.sample.places import SCHEME, Places

AHEAD = 7
"""Days that the last forecast reaches beyond the last day."""
CONDITIONS = np.array(["晴", "多云", "小雨", "中雨", "大雨", "小雪"])


@dataclass(frozen=True, slots=True)
class Weather:
    """One row per city and one column per day, :data:`AHEAD` days more than the world has; °C and mm."""

    low: np.ndarray
    high: np.ndarray
    rain: np.ndarray


def weather(rng: np.random.Generator, where: Places, days: list[date]) -> Weather:
    """A climate by latitude and season, with spells of some days that neighbours share."""
    codes = where.plan.codes
    latitude = np.array([where.centres[code].latitude for code in codes])[:, None]
    count = len(days) + AHEAD
    year = np.array([(days[0] + timedelta(days=n)).timetuple().tm_yday for n in range(count)])
    mean = 14.0 - 0.75 * (latitude - 36) + 14.0 * np.cos(2 * np.pi * (year - 202) / 365.25)
    province = where.plan.province
    spell = _spells(rng, int(province.max()) + 1, count)[province] + 0.5 * _spells(rng, len(codes), count)
    low = mean - 5 + 3.0 * spell
    high = mean + 5 + 3.2 * spell
    chance = 0.14 + 0.22 * np.clip(np.cos(2 * np.pi * (year - 205) / 365.25), 0, None)
    wet = _spells(rng, int(province.max()) + 1, count)[province] + 0.6 * rng.normal(size=(len(codes), count))
    amount = rng.gamma(0.7, 1.0, (len(codes), count)) * (6 + 16 * np.clip(chance - 0.14, 0, None) / 0.22)
    rain = np.where(wet > np.quantile(wet, 1 - chance.mean()) + 2.2 * (chance.mean() - chance), amount, 0.0)
    return Weather(low.round(1), np.maximum(high, low + 1).round(1), rain.round(1))


def _spells(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """Noise of unit variance that half forgets itself from one day to the next."""
    noise = rng.normal(size=(rows, count))
    made = noise.copy()
    for day in range(1, count):
        made[:, day] = 0.7 * made[:, day - 1] + np.sqrt(1 - 0.49) * noise[:, day]
    return made


def weather_table(rng: np.random.Generator, where: Places, sky: Weather, days: list[date], first: int) -> pa.Table:
    """The weather table from day ``first`` on: what was, what the day before had expected, and the coming week."""
    cities, count = sky.low.shape
    last = len(days) - 1
    city, day = (part.ravel() for part in np.meshgrid(np.arange(cities), np.arange(first, count), indexing="ij"))
    past = day <= last
    ahead = np.concatenate([np.zeros(past.sum(), int), np.ones(past.sum(), int), day[~past] - last])
    city = np.concatenate([city[past], city[past], city[~past]])
    day = np.concatenate([day[past], day[past], day[~past]])
    error = 0.9 * np.sqrt(ahead)
    low = sky.low[city, day] + (error * rng.normal(size=len(day))).round(1)
    high = np.maximum(sky.high[city, day] + (error * rng.normal(size=len(day))).round(1), low + 0.5)
    rain = np.clip(sky.rain[city, day] * (1 + 0.35 * error * rng.normal(size=len(day))), 0, None).round(1)
    dates = np.datetime64(days[0]) + day
    return from_columns(
        "weather",
        {
            "scheme": pa.repeat(SCHEME, len(day)),
            "region": named(where.plan.codes, city),
            "day": pa.array(dates),
            "issued": pa.array(dates - ahead),
            "low_celsius": pa.array(low.round(1)),
            "high_celsius": pa.array(high.round(1)),
            "rain_mm": pa.array(rain),
            "condition": named(CONDITIONS, _condition(rain, high)),
        },
        len(day),
    )


def _condition(rain: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Index into :data:`CONDITIONS`."""
    kind = np.select([rain > 25, rain > 10, rain > 0.5, rain > 0], [4, 3, 2, 1], 0)
    return np.where((rain > 0.5) & (high < 2), 5, kind)
