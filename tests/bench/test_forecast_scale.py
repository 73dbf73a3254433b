"""The way that is measured with a hundred thousand series works with a few."""

from __future__ import annotations

import numpy as np
import pytest

from bench import forecast_scale
from bench.forecast_scale import HORIZON, made

pytestmark = pytest.mark.slow
SERIES, SKUS = 60, 40
"""More series than SKUs, so that some SKUs are sold at two nodes."""


def test_every_series_gets_quantiles_in_order_and_some_of_each_kind_race(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_scale, "SKUS", SKUS)
    said, results, told = made(SERIES)
    ahead = results.tables["forecast_ahead"].to_pandas()
    assert said.answered.all()
    assert said.panel.series["node"].nunique() == 2
    assert len(ahead) == SERIES * HORIZON
    for letter in "qs":
        cut = ahead[[name for name in ahead.columns if name[0] == letter and name[1:].isdigit()]].to_numpy()
        assert cut.shape[1] == 9
        assert np.isfinite(cut).all()
        assert (np.diff(cut, axis=1) >= 0).all()
        assert cut.min() >= 0
    assert {"intermittent", "driven"} <= set(said.segments)
    assert np.mean(said.panel.censored) == pytest.approx(0.02, abs=0.005)
    assert set(told) == {"panel", "race, choice and locations", "paths, quantiles and tables"}
