"""Slow series against a law that is known: negative binomial counts, each with a scatter of its own, about levels that
were misjudged, with shocks that a family shares."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting.calibration import Groups
from analytics.forecasting.contract import Bucket, Floats, Ints
from analytics.forecasting.errors import Errors, learnt
from analytics.forecasting.paths import Paths, grouped, sample_paths
from analytics.forecasting.units import Units, units_of
from tests.analytics.forecasting import panels

SERIES, ORIGINS, HORIZON, FAMILIES = 120, 14, 10, 6
LEVELS = np.array([0.5, 0.8, 0.9, 0.98, 0.99])
FAMILY = np.array([f"s:{row % FAMILIES}" for row in range(SERIES)])


@dataclass(frozen=True, slots=True)
class Law:
    """``mean`` by series; ``scatter`` by series; standard deviations, relative to the mean, of a series' level, of a
    family's level and of a family's period."""

    mean: Floats
    scatter: Floats
    own: float = 0.0
    level: float = 0.0
    period: float = 0.0

    def came(self, count: int, seed: int) -> Floats:
        """``count`` independent origins × series × horizons."""
        draw = np.random.default_rng(seed)
        kin = np.arange(SERIES) % FAMILIES
        wavering = _about_one(draw, self.own, (count, SERIES, 1))
        wavering = wavering * _about_one(draw, self.level, (count, FAMILIES, 1))[:, kin]
        wavering = wavering * _about_one(draw, self.period, (count, FAMILIES, HORIZON))[:, kin]
        beyond = np.maximum(self.scatter - 1, 1e-6)[None, :, None]
        rate = draw.gamma(self.mean[None, :, None] * wavering / beyond) * beyond
        return np.asarray(draw.poisson(rate), dtype=np.float64)

    @property
    def units(self) -> Units:
        return Units(np.ones(SERIES, dtype=np.bool_), self.scatter)


def _about_one(draw: np.random.Generator, spread: float, shape: tuple[int, ...]) -> Floats:
    return draw.gamma(1 / spread**2, spread**2, shape) if spread else np.ones(shape)


def _law(mean: float, scatter: float, **shares: float) -> Law:
    draw = np.random.default_rng(1)
    return Law(mean * draw.uniform(0.5, 1.5, SERIES), 1 + (scatter - 1) * draw.uniform(0.2, 1.8, SERIES), **shares)


def _learnt(law: Law, came: Floats, origins: Ints | None = None) -> Errors:
    said = np.broadcast_to(law.mean[None, :, None], came.shape).copy()
    groups = Groups(np.full(SERIES, "intermittent"), FAMILY, np.zeros(came.shape))
    at = np.arange(len(came)) * HORIZON if origins is None else origins
    return learnt(said, came, groups, at, law.units, seed=1)


def _drawn(law: Law, errors: Errors, *, paths: int = 400, units: Units | None = None) -> Paths:
    said = np.broadcast_to(law.mean[:, None], (SERIES, HORIZON)).copy()
    return sample_paths(
        said, np.zeros(said.shape), FAMILY, errors, units=units or law.units, paths=paths, seed=3,
    )  # fmt: skip


def _covered(paths: Paths | Floats, came: Floats) -> Floats:
    """Share of what came (draws × …) below each of LEVELS of the paths; ties are shared out at random."""
    ordered = np.sort(paths, axis=0)
    place = np.random.default_rng(2).random(came.shape)
    below = np.empty(came.shape)
    for at in np.ndindex(came.shape[1:]):
        one = ordered[(slice(None), *at)]
        low, high = (np.searchsorted(one, came[(slice(None), *at)], side) / len(one) for side in ("left", "right"))
        below[(slice(None), *at)] = low + place[(slice(None), *at)] * (high - low)
    return np.asarray((below[..., None] <= LEVELS).mean(axis=tuple(range(came.ndim))))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.floats(0.1, 8.0), st.floats(1.0, 5.0), st.sampled_from([0.0, 0.15, 0.3]), st.integers(0, 99))
def test_periods_and_sums_cover_what_the_law_brings(mean: float, scatter: float, own: float, seed: int) -> None:
    """The sum over lead time and review is what money hangs on: drawn wider, it would fill shelves for nothing."""
    law = _law(mean, scatter, own=own)
    paths, later = _drawn(law, _learnt(law, law.came(ORIGINS, seed))), law.came(60, seed + 1_000)
    tolerance = np.array([0.04, 0.04, 0.03, 0.015, 0.012])
    assert (abs(_covered(paths[:, :, 0], later[:, :, 0]) - LEVELS) <= tolerance).all()
    assert (abs(_covered(paths.sum(axis=2), later.sum(axis=2)) - LEVELS) <= tolerance).all()
    assert paths.mean() == pytest.approx(law.mean.mean(), rel=0.08)


def test_chance_does_not_become_a_level_where_the_newest_origins_are_not_over() -> None:
    """Half of what is known of the newest origins is still to come, as in every run."""
    law = _law(0.4, 2.0)
    came = law.came(ORIGINS, 5)
    for origin in range(ORIGINS):
        came[origin, :, max(1, 3 * (ORIGINS - origin) - 2) :] = np.nan
    paths, later = _drawn(law, _learnt(law, came)), law.came(200, 6)
    wide = np.quantile(paths.sum(axis=2), 0.99, axis=0).mean() / np.quantile(later.sum(axis=2), 0.99, axis=0).mean()
    assert wide == pytest.approx(1.0, abs=0.1)


def test_large_series_whose_newest_origins_are_not_over_go_on_like_older_ones() -> None:
    """Above a size errors are drawn: those of independent periods must not be carried on through the horizon."""
    law = _law(60.0, 6.0)
    came = law.came(ORIGINS, 5)
    came[ORIGINS // 3 :, :, 1:] = np.nan
    paths, later = _drawn(law, _learnt(law, came)), law.came(200, 6)
    assert paths.sum(axis=2).std(axis=0).mean() == pytest.approx(later.sum(axis=2).std(axis=0).mean(), rel=0.2)


@pytest.mark.parametrize("share", ["level", "period"])
def test_what_a_family_shares_stays_in_sums_over_it(share: str) -> None:
    law = _law(3.0, 2.0, **{share: 0.3})
    paths, later = _drawn(law, _learnt(law, law.came(40, 7))), law.came(300, 8)
    kin = np.arange(SERIES, dtype=np.int64) % FAMILIES
    spread, alone = (
        grouped(drawn.astype(np.float32), kin, FAMILIES).sum(axis=2 if share == "level" else 1).std(axis=0).mean()
        for drawn in (paths, _law(3.0, 2.0).came(300, 9))
    )
    true = grouped(later.astype(np.float32), kin, FAMILIES).sum(axis=2 if share == "level" else 1).std(axis=0).mean()
    assert true > 1.5 * alone
    assert spread == pytest.approx(true, rel=0.25)


def test_a_series_that_sells_in_bursts_is_drawn_wider_than_one_that_sells_one_by_one() -> None:
    law = replace(_law(1.0, 1.0), scatter=np.where(np.arange(SERIES) < SERIES // 2, 1.0, 6.0), mean=np.ones(SERIES))
    paths, later = _drawn(law, _learnt(law, law.came(ORIGINS, 11))), law.came(300, 12)
    for part in (slice(0, SERIES // 2), slice(SERIES // 2, SERIES)):
        ours, true = (np.quantile(one[:, part].sum(axis=2), 0.98, axis=0).mean() for one in (paths, later))
        assert ours == pytest.approx(true, rel=0.1)


def test_large_series_that_sell_by_the_case_are_drawn_wider_than_others_of_their_size() -> None:
    few = np.arange(SERIES) % 2 == 0
    law = replace(_law(1.0, 1.0), mean=np.full(SERIES, 80.0), scatter=np.where(few, 40.0, 2.0))
    paths, later = _drawn(law, _learnt(law, law.came(ORIGINS, 17))), law.came(300, 18)
    for part in (few, ~few):
        ours, true = (np.quantile(one[:, part].sum(axis=2), 0.98, axis=0).mean() for one in (paths, later))
        assert ours == pytest.approx(true, rel=0.1)


def test_a_mean_that_is_wrong_by_size_is_put_right() -> None:
    law = _law(1.0, 1.5)
    said_too_high = replace(law, mean=law.mean * 1.6)
    paths = _drawn(said_too_high, _learnt(said_too_high, law.came(40, 13)))
    assert paths.mean() == pytest.approx(law.mean.mean(), rel=0.08)


def test_families_and_sizes_that_were_never_raced_get_paths_too() -> None:
    law = _law(1.0, 2.0, level=0.3)
    errors = _learnt(law, law.came(ORIGINS, 15))
    said = np.full((2, HORIZON), 1.0)
    said[1] = np.nan
    drawn = sample_paths(
        said,
        np.zeros(said.shape),
        np.array(["s:new", "s:0"]),
        errors,
        units=law.units.some(slice(0, 2)),
        paths=200,
        seed=1,
    )
    assert drawn[:, 0].mean() == pytest.approx(1.0, rel=0.15)
    assert np.isnan(drawn[:, 1]).all()
    nothing = _learnt(law, np.full((ORIGINS, SERIES, HORIZON), np.nan))
    assert np.isfinite(_drawn(law, nothing, paths=20)).all()


def test_scatter_comes_from_the_series_own_past_and_leaves_season_and_promotions_out() -> None:
    draw = np.random.default_rng(4)
    week = 1 + np.arange(364) % 7
    bursts = draw.poisson(0.5 * week, (30, 364)) * 4.0
    steady = draw.poisson(2.0 * week, (30, 364)).astype(np.float64)
    of = panels.panel(np.concatenate([bursts, steady]), bucket=Bucket.DAY)
    rows = np.array([int(name.split("|s")[1]) * 5 + int(name[1]) for name in of.series["series"]])
    scatter = units_of(of, 364).scatter
    assert scatter[rows < 30].mean() == pytest.approx(4.0, rel=0.1)
    assert scatter[rows >= 30].mean() == pytest.approx(1.0, rel=0.1)
    driven = panels.panel(np.concatenate([bursts, steady])[:, :100], driven=True)
    promoted = driven.drivers["promotion"][:, :100] > 0
    lifted = replace(driven, demand=np.where(promoted, 100.0, 2.0), sold=np.where(promoted, 100.0, 2.0))
    assert units_of(lifted, 100).scatter.max() < 1.0


def test_scatter_and_whole_units_know_nothing_of_what_comes_later() -> None:
    of = panels.panel(panels.demand(10, 80))
    changed = of.demand.copy()
    changed[:, 60:] = 1000.5
    later = replace(of, demand=changed, sold=changed)
    before, after = units_of(of, 60), units_of(later, 60)
    assert np.array_equal(before.scatter, after.scatter)
    assert before.whole.all()
    assert after.whole.all()
    assert not units_of(later, 80).whole.any()


@pytest.mark.parametrize("times", [1e3, 1e7])
def test_a_series_in_other_units_says_nothing_about_its_neighbours(times: float) -> None:
    """One SKU that is sold by the gram, or one barcode typed in as a quantity, had widened everybody's futures."""
    sold = np.random.default_rng(8).poisson(5.0, (20, 200)).astype(np.float64)
    calm, beside = units_of(panels.panel(sold), 200).scatter, sold.copy()
    beside[0] *= times
    found = units_of(panels.panel(beside), 200).scatter
    names = panels.panel(sold).series["series"].to_numpy() != "n0|s0"
    assert found[names] == pytest.approx(calm[names], rel=0.1)
    assert found[~names] == pytest.approx(times * calm[~names], rel=0.1)
