"""An invented forecast for the pages' tests."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dashboard.services.forecast_view import Outlook
from dashboard.services.requests import Asked
from dashboard.services.views import Freshness


class FakeForecast:
    def __init__(self, fresh: Freshness) -> None:
        self._fresh = fresh

    def outlook(self, asked: Asked) -> Outlook:
        del asked
        past = pd.date_range("2025-09-01", periods=60, freq="W-MON")
        ahead = pd.date_range("2026-10-26", periods=4, freq="W-MON")
        sold = 100 + 20 * np.sin(np.arange(60) / 8)
        out = np.where(np.arange(60) % 9 == 0, 0.5, 0.0)
        history = pd.DataFrame({"period": past, "sold": sold, "demand": sold * (1 + out / 5), "out": out})
        mean = np.array([110.0, 112, 108, 105])
        fan = pd.DataFrame(
            {"step": range(1, 5), "period": ahead, "mean": mean, "low": mean * 0.8, "median": mean, "high": mean * 1.25}
        )
        steps = pd.DataFrame(
            {"step": range(1, 5), "wape": [0.21, 0.23, 0.24, 0.26], "bias": [0.01] * 4, "baseline": [0.4] * 4}
        )
        levels = pd.DataFrame(
            {
                "level": ["series", "sku", "all"], "groups": [12, 3, 1], "wape": [0.21, 0.12, 0.06],
                "baseline": [0.4, 0.25, 0.15], "bias": [0.01] * 3,
            }
        )  # fmt: skip
        said = pd.DataFrame(
            {"origin": past[:8], "period": past[1:9], "said": sold[:8], "baseline": sold[:8] * 0.9, "came": sold[1:9]}
        )
        parts = pd.DataFrame({"period": past, "trend": sold, "season": 0.0 * sold, "rest": out})
        worst = pd.DataFrame(
            {
                "series": ["N1|R5"], "node": ["N1"], "sku": ["R5"],
                "node_name": ["一号仓"], "name": ["五常大米"], "missed": [41.0], "wape": [0.5],
                "baseline": [0.7], "segment": ["smooth"], "methods": ["pooled"], "flags": ["gaps,ended_early"],
            }
        )  # fmt: skip
        return Outlook(
            freshness=self._fresh, run="20261101-000000-abcdef", as_of=date(2026, 10, 25), bucket="week", series=12,
            other_series=3, refused=1, total=(380.0, 500.0), history=history, ahead=fan, steps=steps, levels=levels,
            past=said, parts=parts, worst=worst, flags=pd.DataFrame({"flag": ["gaps"], "series": [2]}),
            events=pd.DataFrame({"event": ["double_11"], "period": [pd.Timestamp("2025-11-10")]}),
            surges=pd.DataFrame({"word": ["绿豆"], "platform": ["天猫"], "region": ["浙江省"], "times": [2.3]}),
            drivers=pd.DataFrame({"driver": ["promotion", "event"], "units": [41.0, -3.0], "share": [0.09, -0.007]}),
        )  # fmt: skip
