"""From marts to panels: what weekly series know of their days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.contract import Bucket
from analytics.forecasting.demand import estimated
from dashboard.services.forecast_inputs import Frames, panels_of
from dashboard.services.forecast_outside import World

FIRST, DAYS = date(2026, 1, 5), 70


def frames() -> Frames:
    """Three weekly series: D1 sells one a day and was out for four, D2 is told by the week, D3 was never out."""
    days = pd.date_range(FIRST, periods=DAYS)
    by_day = pd.concat([pd.DataFrame({"node": node, "day": days, "units": 1.0}) for node in ("D1", "D3")])
    by_day = by_day[~((by_day["node"] == "D1") & by_day["day"].between("2026-02-03", "2026-02-06"))].assign(
        period="day"
    )
    by_week = pd.DataFrame({"node": "D2", "day": days[::7], "units": 7.0, "period": "week"})
    demand = pd.concat([by_day, by_week]).assign(sku="R5", series=lambda rows: rows["node"] + "|R5")
    series = pd.DataFrame(
        {"node": ["D1", "D2", "D3"], "sku": "R5", "category": "rice", "region": "", "discontinued": pd.NaT}
    )
    outs = pd.DataFrame(
        {"node": ["D1", "D2"], "sku": "R5", "first": pd.Timestamp("2026-02-03"), "last": pd.Timestamp("2026-02-06")}
    )
    names = ("promotion", "sku", "category", "region", "channel", "owner", "price", "discount", "first", "last")
    listed = series[["node", "sku"]].assign(first=pd.Timestamp("2026-01-01"), last=pd.Timestamp("2026-12-31"))
    return Frames(
        series=series.assign(owner="D", series=series["node"] + "|R5", review_days=7.0, lead_days=2.0),
        demand=demand,
        stock_out=outs.assign(share=1.0, series=outs["node"] + "|R5"),
        listed=listed.assign(series=listed["node"] + "|R5"),
        promotions=pd.DataFrame(columns=list(names)),
        prices=pd.DataFrame(columns=["sku", "first", "price"]),
        first=FIRST,
        last=date(2026, 3, 15),
        world=World.unknown(),
    )  # fmt: skip


def test_weeks_of_series_told_by_the_day_know_their_days() -> None:
    (panel,) = panels_of(frames(), date(2026, 3, 15), 14)
    assert panel.bucket is Bucket.WEEK
    assert panel.daily is not None
    assert panel.series["series"][panel.daily.row].tolist() == ["D1|R5"]
    assert panel.daily.panel.sold.shape == (1, DAYS)
    assert np.flatnonzero(panel.daily.panel.censored[0]).tolist() == [29, 30, 31, 32]
    assert panel.out[0, 4] == pytest.approx(4 / 7)
    found = estimated(panel)
    assert panel.sold[:, 4].tolist() == [3.0, 7.0, 7.0]
    # Four days of one a day; of the week of which no day is known, four sevenths more.
    assert found[:, 4].tolist() == [pytest.approx(7.0, rel=0.1), pytest.approx(11.0, rel=0.1), 7.0]
