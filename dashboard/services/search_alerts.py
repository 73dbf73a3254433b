"""Words that people suddenly search for, in the words of whoever looks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.forecasting.outside import BEFORE_DAYS, RECENT_DAYS, surges
from dashboard.services.desk import Opened
from dashboard.services.forecast_outside import APART, worded
from dashboard.services.frames import frame_of
from dashboard.services.names import names_of

COLUMNS = ("word", "platform", "region", "times")


def search_surges(opened: Opened, day: date) -> pd.DataFrame:
    """Columns word, platform, region (where it rose most) and times, as known on ``day``; empty where nobody tells.

    From policy ``forecast.search_surge`` on.
    """
    if not opened.facts.has("search_told"):
        return pd.DataFrame(columns=list(COLUMNS))
    table = opened.facts.table("search_told")
    first = day - timedelta(days=RECENT_DAYS + BEFORE_DAYS - 1)
    rows = frame_of(opened.facts.answer(table.filter((table.day >= first) & (table.day <= day))))
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    least = float(opened.policies().number_of("forecast.search_surge", as_of=day))
    found = surges(worded(rows), np.datetime64(day), least)
    words, codes = zip(*(word.split(APART) for word in found["word"]), strict=True) if len(found) else ((), ())
    platforms, regions = names_of(opened, "channel", codes), names_of(opened, "region", found["region"])
    return pd.DataFrame(
        {
            "word": words,
            "platform": [platforms.get(code, code) for code in codes],
            "region": [regions.get(code, code) for code in found["region"]],
            "times": found["times"].to_numpy(),
        },
        columns=list(COLUMNS),
    )
