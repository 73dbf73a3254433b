"""A forecast from beginning to end: clean demand, race on a sample, choose per segment, draw joint paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.core.errors import DomainError
from analytics.forecasting.backtest import Backtest, Progress, backtest, fitted
from analytics.forecasting.calibration import Groups
from analytics.forecasting.candidate import Candidate, Planned
from analytics.forecasting.candidates import BASELINE, candidates
from analytics.forecasting.choice import FALLBACK, Choice, Segments, segments_of
from analytics.forecasting.contract import Bucket, Flags, Floats, Ints
from analytics.forecasting.demand import bias_removed, estimated, masked
from analytics.forecasting.drivers import Speaker, staying
from analytics.forecasting.errors import Errors, Families, family_of
from analytics.forecasting.flags import flags_of
from analytics.forecasting.judgement import judged
from analytics.forecasting.newcomers import blended, borrowed, shape_of
from analytics.forecasting.numbers import mean_of
from analytics.forecasting.panel import Panel, Past
from analytics.forecasting.paths import Paths, sample_paths
from analytics.forecasting.pausing import Paused, paused
from analytics.forecasting.plans import promoted_in
from analytics.forecasting.units import Units, units_of

CHUNK = 4_000
"""Series whose paths are drawn at once."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """``level``: critical ratio that the choice is made for; ``slow_series``: more than so many leave slow candidates
    out of the race; ``origins`` lie ``step`` periods apart, or so far that they reach over several horizons."""

    seed: int
    level: float = 0.83
    levels: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 0.75, 0.83, 0.9, 0.95, 0.98)
    paths: int = 200
    origins: int = 10
    step: int | None = None
    race_series: int = 1_000
    slow_series: int = 500
    refit_every: int = 5


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is said about every series of ``panel``: ``location`` series × horizons, the demand to expect, NaN where
    nothing can be said.

    ``flags`` per series; ``bias``: contract of :func:`bias_removed`; ``filled``: demand of the past, also where it is
    masked; ``raced``: rows that took part in the race, and ``said``: origins × raced × horizons of the chosen average
    and of the baseline at ``test.origins``. ``then``: groups of the raced at those origins; ``units``: what the past
    tells of each series' units; ``paused``: what stays of the demand where promotions are paused; ``staying``: contract
    of :func:`staying`.
    """

    panel: Panel
    parameters: Parameters
    location: Floats
    segments: Segments
    choice: Choice
    flags: list[tuple[str, ...]]
    bias: pd.DataFrame
    filled: Floats
    test: Backtest
    raced: Ints
    said: Mapping[str, Floats]
    then: Groups
    errors: Errors
    family: Families
    units: Units
    paused: Paused
    staying: Mapping[str, Floats]

    @property
    def answered(self) -> Flags:
        return np.asarray(np.isfinite(self.location).all(axis=1))

    def paths(self, rows: slice) -> Paths:
        """Joint sample paths of some series; path p of one call belongs with path p of every other call."""
        chunk = slice(rows.start, rows.stop)
        return sample_paths(
            self.location[chunk],
            promoted_after(self.panel, np.array([self.panel.length - 1]))[0][chunk],
            self.family[chunk],
            self.errors,
            units=self.units.some(chunk),
            paths=self.parameters.paths,
            seed=self.parameters.seed,
            first=rows.start,
        )

    def chunks(self) -> Iterator[tuple[slice, Paths]]:
        """All series in chunks, with their paths."""
        for first in range(0, self.panel.size, CHUNK):
            rows = slice(first, min(first + CHUNK, self.panel.size))
            yield rows, self.paths(rows)


def forecast(panel: Panel, parameters: Parameters, progress: Progress | None = None) -> Forecast:
    """Forecast the periods of ``panel`` after its past. Same panel, parameters and seed: the same numbers.

    Raises DomainError where the past is shorter than the horizon or no series has any sale at all.
    """
    if not panel.horizon:
        raise DomainError("forecast_no_horizon")
    filled = estimated(panel)
    clean = masked(panel, filled)
    now = clean.past(clean.length - 1, clean.horizon)
    segments = segments_of(now)
    raced = sampled(segments, parameters.race_series, parameters.seed)
    field = tuple(one for one in candidates() if not one.slow or panel.size <= parameters.slow_series)
    race = clean.rows(raced)
    test = backtest(
        race,
        field,
        origins=_origins(clean, parameters),
        horizon=clean.horizon,
        seed=parameters.seed,
        refit_every=parameters.refit_every,
        progress=progress,
    )
    family = family_of(clean.series)
    then = Groups(segments[raced], family[raced], promoted_after(race, test.origins))
    units = units_of(clean, clean.length)
    judgement = judged(test, then, units.some(raced), level=parameters.level, seed=parameters.seed)
    choice = judgement.choice
    ahead = Groups(segments, family, promoted_in(now))
    said, speakers = _now(now, choice, segments, parameters.seed, progress)
    location = judgement.locations(said, ahead)
    young = segments == "new"

    def expected(told: Mapping[str, Floats], promoted: Floats, rows: Ints) -> Floats:
        return judgement.locations(told, Groups(segments[rows], family[rows], promoted))

    location = _with_look_alikes(location, now, young)
    answered = np.asarray(np.isfinite(location).all(axis=1))
    return Forecast(
        panel=clean,
        parameters=parameters,
        location=location,
        segments=segments,
        choice=choice,
        flags=flags_of(clean, young, answered),
        bias=bias_removed(panel, filled),
        filled=filled,
        test=test,
        raced=raced,
        said={"chosen": judgement.said, BASELINE: test.of(BASELINE)},
        then=then,
        errors=judgement.errors,
        family=family,
        units=units,
        paused=paused(now),
        staying=staying(now, said, speakers, expected, deaf=young),
    )


def sampled(segments: Segments, most: int, seed: int) -> Ints:
    """Rows for the race: every segment in proportion, but at least a hundred of each."""
    generator = np.random.default_rng(seed)
    rows = []
    for segment in np.unique(segments):
        mine = np.flatnonzero(segments == segment)
        wanted = min(len(mine), max(100, round(most * len(mine) / len(segments))))
        rows.append(generator.choice(mine, wanted, replace=False) if wanted < len(mine) else mine)
    return np.sort(np.concatenate(rows))


def _origins(panel: Panel, parameters: Parameters) -> Ints:
    """The newest origins with at least one period after them, and a past of a horizon or more."""
    last = panel.length - 2
    earliest = max(1, min(panel.horizon, last))
    step = parameters.step or _apart(panel, room=(last - earliest) // max(1, parameters.origins - 1))
    found = np.arange(last, earliest - 1, -step)[: parameters.origins]
    return found[::-1]


def _apart(panel: Panel, *, room: int) -> int:
    """A quarter of the horizon: next to each other, origins would tell the same errors again and never see its end.

    Not whole weeks of days, or a horizon would always meet the same weekday.
    """
    quarter = -(-panel.horizon // 4)
    if panel.bucket is Bucket.DAY and quarter % 7 == 0:
        quarter -= 1
    return max(1, min(quarter, room))


def promoted_after(panel: Panel, origins: Ints) -> Floats:
    """1 where a promotion is planned, origins × series × horizons of the panel."""
    shape = (len(origins), panel.size, panel.horizon)
    promotion = panel.drivers.get("promotion")
    if promotion is None:
        return np.zeros(shape)
    at = origins[:, None] + 1 + np.arange(panel.horizon)[None, :]
    return np.asarray(np.nan_to_num(promotion[:, at].transpose(1, 0, 2)) > 0, dtype=np.float64)


def _now(
    now: Past, choice: Choice, segments: Segments, seed: int, progress: Progress | None
) -> tuple[dict[str, Floats], list[Speaker]]:
    """What is said at the last origin: each chosen candidate speaks for the segments that chose it."""
    wanted = sorted({*choice.needed, FALLBACK})
    said: dict[str, Floats] = {}
    speakers = []
    for number, candidate in enumerate(one for one in candidates() if one.name in wanted):
        if progress:
            progress(candidate.name, number, len(wanted))
        mine = _speaking(candidate, choice, segments)
        said[candidate.name] = np.full((len(now.series), now.horizon), np.nan)
        forecaster = fitted(candidate, now, seed)
        if forecaster is not None and mine.any():
            rows = np.flatnonzero(mine)
            mine_now = now.rows(rows)
            if isinstance(forecaster, Planned):
                answer = forecaster.answer(mine_now)
                told = answer.said
                speakers.append(Speaker(candidate.name, rows, answer.again))
            else:
                told = forecaster(mine_now)
            said[candidate.name][rows] = np.maximum(told, 0.0)
    return said, speakers


def _speaking(candidate: Candidate, choice: Choice, segments: Segments) -> Flags:
    """Series whose segment gave the candidate a weight; the fallback speaks for all."""
    if candidate.name == FALLBACK:
        return np.ones(len(segments), dtype=np.bool_)
    heard = [segment for segment, weights in choice.weights.items() if candidate.name in weights]
    return np.isin(segments, heard)


def _with_look_alikes(location: Floats, now: Past, young: Flags) -> Floats:
    """Young series take the level of their look-alikes, blended with what they sold, and their category's shape."""
    if not young.any():
        return location
    recent = now.demand[:, -now.bucket.season * (1 if now.bucket.value == "week" else 8) :]
    own = mean_of(recent, axis=1)
    level = blended(mean_of(now.demand, axis=1), borrowed(own, now.series, young), now.demand)
    shaped = level[:, None] * shape_of(location, now.series, young)
    return np.where(young[:, None], shaped, location)


def with_horizon(panel: Panel, horizon: int) -> Panel:
    """The panel cut to ``horizon`` periods ahead."""
    end = panel.length + horizon
    return replace(
        panel,
        periods=panel.periods[:end],
        drivers={name: values[:, :end] for name, values in panel.drivers.items()},
        calendar={name: values[:end] for name, values in panel.calendar.items()},
        last_year=panel.last_year[:end],
        market={name: values[:, :end] for name, values in panel.market.items()},
    )
