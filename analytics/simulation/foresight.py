"""Forecasts at every origin of a window, each from what was known then: race, choice, errors and joint paths.

The same steps as a forecast run, rolled: models are fitted anew every few origins, their inputs are new at each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.forecasting.backtest import Backtest, Progress, backtest, fitted
from analytics.forecasting.calibration import Groups
from analytics.forecasting.candidate import Candidate, Forecaster
from analytics.forecasting.candidates import candidates
from analytics.forecasting.choice import FALLBACK, Choice, Segments, segments_of
from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.errors import Errors, family_of
from analytics.forecasting.judgement import Judgement, judged
from analytics.forecasting.panel import Panel
from analytics.forecasting.paths import Paths, sample_paths
from analytics.forecasting.run import promoted_after, sampled, with_horizon
from analytics.forecasting.units import Units, units_of


@dataclass(frozen=True, slots=True)
class Rolling:
    """``horizon``: periods ahead; ``level``: critical ratio that the choice is made for; ``learnt``: origins before
    each one that errors and choice come from, ``step`` periods apart; models are fitted every ``refit_every`` origins,
    the choice is made every ``choose_every``. At most ``race_series`` series are raced. Forecasts are made every
    ``every`` periods and hold until the next one: ``horizon`` has to reach as much further.
    """

    horizon: int
    seed: int
    level: float = 0.83
    paths: int = 200
    learnt: int = 52
    step: int = 1
    refit_every: int = 8
    choose_every: int = 4
    race_series: int = 1_000
    every: int = 1


@dataclass(slots=True)
class Rolled:
    """Locations by origin (series × horizons) and what is needed to draw paths around them."""

    panel: Panel
    rolling: Rolling
    locations: Mapping[int, tuple[Floats, Floats, Errors]]
    units: Units
    _last: tuple[int, Paths] | None = field(default=None)

    def paths(self, origin: int) -> Paths:
        """Joint sample paths, paths × series × periods ahead, of the newest forecast up to ``origin``."""
        made = max(one for one in self.locations if one <= origin)
        if self._last is None or self._last[0] != made:
            location, promoted, errors = self.locations[made]
            drawn = sample_paths(
                location, promoted, family_of(self.panel.series), errors,
                units=self.units, paths=self.rolling.paths, seed=self.rolling.seed + made,
            )  # fmt: skip
            self._last = made, drawn
        return self._last[1][:, :, origin - made :]


def rolled(
    panel: Panel,
    origins: Sequence[int],
    rolling: Rolling,
    *,
    field: Sequence[Candidate] | None = None,
    progress: Progress | None = None,
) -> Rolled:
    """Forecast at every one of ``origins`` (rising). ``field``: candidates of the race, by default all quick ones.

    Nothing that is said at an origin hangs on demand after it: a test alters the future and finds the same bytes.
    """
    first = int(origins[0])
    origins = [int(origin) for origin in origins[:: rolling.every]]
    segments = segments_of(panel.past(first, rolling.horizon))
    units = units_of(panel, first + 1)
    raced = sampled(segments, rolling.race_series, rolling.seed)
    race = panel.rows(raced)
    racing = field if field is not None else tuple(one for one in candidates() if not one.slow)
    test = backtest(
        race, racing, origins=_tested(origins, rolling), horizon=rolling.horizon, seed=rolling.seed,
        refit_every=rolling.refit_every, progress=progress,
    )  # fmt: skip
    speakers = _Speakers(panel, field, rolling) if len(raced) < panel.size else None
    locations: dict[int, tuple[Floats, Floats, Errors]] = {}
    judgement: Judgement | None = None
    for number, origin in enumerate(origins):
        segments = segments_of(panel.past(origin, rolling.horizon))
        if judgement is None or number % rolling.choose_every == 0:
            judgement = _judged(race, test, origin, segments[raced], units.some(raced), rolling)
        said = speakers.said(origin, judgement.choice) if speakers else _told(test, origin)
        promoted = promoted_after(with_horizon(panel, rolling.horizon), np.array([origin]))[0]
        groups = Groups(segments, family_of(panel.series), promoted)
        locations[origin] = judgement.locations(said, groups), promoted, judgement.errors
    return Rolled(panel, rolling, locations, units)


def _tested(origins: Sequence[int], rolling: Rolling) -> Ints:
    """Origins that teach, then those of the window."""
    first = int(origins[0])
    before = first - rolling.step * np.arange(rolling.learnt, 0, -1)
    return np.concatenate([before[before >= max(1, rolling.horizon)], np.asarray(origins)]).astype(np.int64)


def _told(test: Backtest, origin: int) -> dict[str, Floats]:
    at = int(np.flatnonzero(test.origins == origin)[0])
    return {name: test.of(name)[at] for name in test.names}


def _judged(race: Panel, test: Backtest, origin: int, segments: Segments, units: Units, rolling: Rolling) -> Judgement:
    """Choice and errors from the origins before this one, without what came after it."""
    known = test.known_at(origin, rolling.learnt + rolling.horizon)
    then = Groups(segments, family_of(race.series), promoted_after(with_horizon(race, rolling.horizon), known.origins))
    return judged(known, then, units, level=rolling.level, seed=rolling.seed)


class _Speakers:
    """Candidates for the whole panel where only a sample of it was raced: those alone that were chosen."""

    def __init__(self, panel: Panel, field: Sequence[Candidate] | None, rolling: Rolling) -> None:
        self._panel, self._rolling = panel, rolling
        self._field = field if field is not None else candidates()
        self._fitted: dict[str, tuple[int, Forecaster | None]] = {}
        self._asked = 0

    def said(self, origin: int, choice: Choice) -> dict[str, Floats]:
        past = self._panel.past(origin, self._rolling.horizon)
        self._asked += 1
        said = {}
        for candidate in self._field:
            if candidate.name not in {*choice.needed, FALLBACK}:
                continue
            since, forecaster = self._fitted.get(candidate.name, (-1, None))
            if since < 0 or self._asked - since >= self._rolling.refit_every:
                forecaster = fitted(candidate, past, self._rolling.seed)
                self._fitted[candidate.name] = self._asked, forecaster
            nothing = np.full((self._panel.size, self._rolling.horizon), np.nan)
            said[candidate.name] = nothing if forecaster is None else np.maximum(forecaster(past), 0.0)
        return said
