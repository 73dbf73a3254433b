"""The world outside as it was told at each origin: weather that was forecast until then, searches that were made.

Nothing here stands at its own period alone: what an origin sees of a later day is the newest forecast issued up to that
origin, never what the day then brought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.contract import Bucket, Floats, Ints, demand_columns
from analytics.forecasting.numbers import mean_of

WEATHER_COLUMNS = ("region", "day", "issued", "celsius", "rain_mm")
"""One row per region, day and day of issue; issued before its day it is a forecast, otherwise what was measured."""

SEARCH_COLUMNS = ("word", "region", "day", "value")
"""One row per word (of a platform), region and day."""

FEWEST = {"week": 26, "day": 56}
"""Past origins that must have been told something: of less nothing can be learnt, and the column is left out."""
MOST_LEAD = 45
"""Days by which a weather forecast is looked at ahead, at most."""
USUAL_DAYS = 14
"""Days whose mean temperature the coming one is held against."""
RECENT_DAYS, BEFORE_DAYS = 7, 28
"""Days of searches now, and the days before them that they are compared with."""
MOST_SURGE = 3.0
"""In logs; a word that nobody searched for before would count without end."""

Told32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told at T origins about R places. ``place``: row of each series; the last row knows nothing.

    ``ahead``: name → R × T × H, of the H periods after each origin; ``now``: name → R × T. NaN where nobody said it.
    """

    place: Ints
    ahead: Mapping[str, Told32]
    now: Mapping[str, Told32]

    def rows(self, chosen: Ints) -> Told:
        """For some series."""
        return replace(self, place=self.place[chosen])

    def until(self, length: int) -> Told:
        """As it was when ``length`` periods had passed."""
        return replace(
            self,
            ahead={name: values[:, :length] for name, values in self.ahead.items()},
            now={name: values[:, :length] for name, values in self.now.items()},
        )

    def at(self, origin: int) -> Told:
        """What was told at one origin alone."""
        return replace(
            self,
            ahead={name: values[:, origin : origin + 1].copy() for name, values in self.ahead.items()},
            now={name: values[:, origin : origin + 1].copy() for name, values in self.now.items()},
        )


Outside = Mapping[str, Told]
"""``weather`` and ``search``, as far as they were told."""


def seen_now(outside: Outside, origin: int) -> Iterator[Floats]:
    """Per series, what was known at the origin."""
    for _, told in sorted(outside.items()):
        for _, values in sorted(told.now.items()):
            yield values[told.place, origin].astype(np.float64)


def foreseen(outside: Outside, origin: int, step: int) -> Iterator[Floats]:
    """Per series, what the origin was told about the period ``step`` (0 is the first) after it."""
    for _, told in sorted(outside.items()):
        for _, values in sorted(told.ahead.items()):
            unknown = np.full(len(told.place), np.nan)
            yield values[told.place, origin, step].astype(np.float64) if step < values.shape[2] else unknown


def weather_told(rows: pd.DataFrame, of: pd.Series, *, periods: np.ndarray, length: int, bucket: Bucket) -> Told | None:
    """Temperature, how much warmer than the last two weeks, and rain (log of 1 + mm a day), as forecast.

    ``rows``: contract WEATHER_COLUMNS; ``of``: region of each series, missing where none is known. None where too few
    origins were told anything, as where only measured weather was loaded.
    """
    demand_columns(rows, WEATHER_COLUMNS, "weather")
    rows = rows[rows["region"].isin(of.dropna())]
    regions, place = _places(rows["region"], of)
    days = _Days(periods, length, bucket)
    celsius, rain = (days.by_lead(rows, regions, name) for name in ("celsius", "rain_mm"))
    warm = days.expected(celsius)
    usual = days.mean_until(celsius[:, :, 0], USUAL_DAYS)[:, :, None]
    ahead = {"celsius": warm, "warmer": warm - usual, "rain": np.log1p(np.maximum(days.expected(rain), 0.0))}
    taught = np.isfinite(warm[:, : length - 1]).any(axis=(0, 2)) | np.isfinite(ahead["rain"][:, :-1]).any(axis=(0, 2))
    if taught.sum() < FEWEST[bucket.value]:
        return None
    now = {"rained": np.log1p(np.maximum(days.mean_until(rain[:, :, 0], bucket.days), 0.0))}
    return Told(place, _with_unknown(ahead), _with_unknown(now))


def search_told(
    rows: pd.DataFrame, of: pd.Series, words: list[tuple[str, ...]], *, periods: np.ndarray, length: int, bucket: Bucket
) -> Told | None:
    """``searched``: log of this week's searches to those of the four weeks before, mean over a series' ``words``.

    ``rows``: contract SEARCH_COLUMNS; ``of``: region of each series. None where too few origins were told anything.
    """
    demand_columns(rows, SEARCH_COLUMNS, "search")
    rows = rows[rows["word"].isin({word for mine in words for word in mine}) & rows["region"].isin(of.dropna())]
    if rows.empty:
        return None
    regions, region = _places(rows["region"], of)
    days = _Days(periods, length, bucket)
    by_word = {
        str(word): days.surge(days.by_lead(part.assign(issued=part["day"]), regions, "value")[:, :, 0])
        for word, part in rows.groupby("word", sort=True)
    }
    keys = [(tuple(word for word in mine if word in by_word), int(at)) for mine, at in zip(words, region, strict=True)]
    known = sorted({key for key in keys if key[0] and key[1] < len(regions)})
    number = {key: at for at, key in enumerate(known)}
    place = np.array([number.get(key, len(known)) for key in keys], dtype=np.int64)
    found = [mean_of(np.stack([by_word[word][at] for word in mine]), axis=0) for mine, at in known]
    surge = np.stack(found) if found else np.empty((0, length))
    if np.isfinite(surge[:, :-1]).any(axis=0).sum() < FEWEST[bucket.value]:
        return None
    return Told(place, {}, _with_unknown({"searched": surge}))


def surges(rows: pd.DataFrame, day: np.datetime64, least: float) -> pd.DataFrame:
    """Words that are searched for ``least`` times as much in the week up to ``day`` as in the four weeks before it.

    Columns word, region (the one where it rose most), times; over all regions of which half of the days of both are
    known. ``rows``: contract SEARCH_COLUMNS.
    """
    demand_columns(rows, SEARCH_COLUMNS, "search")
    age = (day - rows["day"].to_numpy().astype("datetime64[D]")).astype(np.int64)
    means = {}
    for name, first, days in (("recent", 0, RECENT_DAYS), ("before", RECENT_DAYS, BEFORE_DAYS)):
        told = rows[(age >= first) & (age < first + days)].groupby(["word", "region"])["value"].agg(["mean", "size"])
        # Of a window that is hardly known nothing is said: a word that was loaded only lately did not rise.
        means[name] = told.loc[2 * told["size"] >= days, "mean"]
    known = pd.DataFrame(means).dropna()
    whole, rise = known.groupby("word").sum(), (known["recent"] + 1) / (known["before"] + 1)
    times = (whole["recent"] + 1) / (whole["before"] + 1)
    found = times[times >= least].sort_values(ascending=False)
    most = [rise.loc[word].idxmax() for word in found.index]
    return pd.DataFrame({"word": found.index.astype(str), "region": most, "times": found.to_numpy()})


def _places(told: pd.Series, of: pd.Series) -> tuple[pd.Index, Ints]:
    """Regions that were told about, and the row of each series; one beyond the last where there is none."""
    regions = pd.Index(sorted(told.dropna().astype(str).unique()))
    at = regions.get_indexer(pd.Index(of.astype("string").fillna("")))
    return regions, np.where(at < 0, len(regions), at).astype(np.int64)


def _with_unknown(columns: Mapping[str, Floats]) -> dict[str, Told32]:
    def longer(values: Floats) -> Told32:
        return np.concatenate([values, np.full((1, *values.shape[1:]), np.nan)]).astype(np.float32)

    return {name: longer(values) for name, values in columns.items()}


@dataclass(frozen=True, slots=True)
class _Days:
    """Days that the periods consist of; the first ``length`` periods have passed."""

    periods: np.ndarray
    length: int
    bucket: Bucket

    def by_lead(self, rows: pd.DataFrame, regions: pd.Index, name: str) -> Floats:
        """Regions × days × leads: what had been said so many days before the day, or earlier; lead 0 on it or after."""
        # Of what was measured several times the last counts, in whatever order it comes.
        rows = rows.sort_values("issued", kind="stable")
        first = self.periods[0].astype("datetime64[D]")
        day, issued = (rows[column].to_numpy().astype("datetime64[D]") for column in ("day", "issued"))
        at = (day - first).astype(np.int64)
        lead = np.maximum((day - issued).astype(np.int64), 0)
        region = regions.get_indexer(pd.Index(rows["region"].astype("object")))
        count = len(self.periods) * self.bucket.days
        values = rows[name].to_numpy(dtype=np.float64)
        use = (at >= 0) & (at < count) & (lead <= MOST_LEAD) & (region >= 0) & np.isfinite(values)
        said = np.full((len(regions), count, int(lead[use].max(initial=0)) + 1), np.nan)
        said[region[use], at[use], lead[use]] = values[use]
        for before in range(said.shape[2] - 2, -1, -1):
            said[:, :, before] = np.where(np.isnan(said[:, :, before]), said[:, :, before + 1], said[:, :, before])
        return said

    def expected(self, said: Floats) -> Floats:
        """Regions × origins × horizons: mean over a period's days, of which half at least were foreseen."""
        length, size = self.length, self.bucket.days
        found = np.full((len(said), length, len(self.periods) - length), np.nan)
        for step in range(found.shape[2]):
            days = []
            for at in range(size):
                lead = step * size + at + 1
                day = (np.arange(length) + 1 + step) * size + at
                days.append(said[:, day, lead] if lead < said.shape[2] else np.full((len(said), length), np.nan))
            stacked = np.stack(days)
            found[:, :, step] = np.where(2 * np.isfinite(stacked).sum(axis=0) >= size, mean_of(stacked, axis=0), np.nan)
        return found

    def mean_until(self, values: Floats, days: int, *, skip: int = 0) -> Floats:
        """Regions × origins: mean of the ``days`` days that end ``skip`` days before the origin's end; half known."""
        known = np.isfinite(values)
        last = (np.arange(self.length) + 1) * self.bucket.days - skip
        sums, counts = (
            np.concatenate([np.zeros((len(values), 1)), np.cumsum(part, axis=1)], axis=1)
            for part in (np.where(known, values, 0.0), known.astype(np.float64))
        )
        end, start = np.maximum(last, 0), np.maximum(last - days, 0)
        count = counts[:, end] - counts[:, start]
        return np.where(2 * count >= days, (sums[:, end] - sums[:, start]) / np.maximum(count, 1), np.nan)

    def surge(self, values: Floats) -> Floats:
        now, before = self.mean_until(values, RECENT_DAYS), self.mean_until(values, BEFORE_DAYS, skip=RECENT_DAYS)
        return np.clip(np.log((now + 1) / (before + 1)), -MOST_SURGE, MOST_SURGE)
