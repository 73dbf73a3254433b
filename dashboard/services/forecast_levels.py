"""How right the forecast was when it is added up: what errs shelf by shelf may be right for a category or the whole."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.forecasting.accuracy import bias, wape

LEVELS: tuple[tuple[str, str | None], ...] = (
    ("series", "series"),
    ("node", "node"),
    ("sku", "sku"),
    ("region", "province"),
    ("category", "category"),
    ("all", None),
)
"""Each level and the column that its groups share."""
COLUMNS = ("level", "groups", "wape", "baseline", "bias")


def accuracy_by_level(said: pd.DataFrame, series: pd.DataFrame, provinces: Mapping[str, str]) -> pd.DataFrame:
    """Columns COLUMNS: errors of what was said one period ahead, after summing it over the series of a group; levels of
    many groups first.

    ``said``: rows of forecast_said; ``series``: of forecast_series; ``provinces``: province by region. Series of which
    nobody knows the group are one together; a level of which nobody knows any group is left out.
    """
    first = said.loc[said["step"] == 1, ["series", "origin", "period", "said", "baseline", "came"]]
    placed = series[["series", "node", "sku", "category", "region"]]
    rows = first.merge(placed.assign(province=[provinces.get(one, one) for one in placed["region"]]), on="series")
    told = [_level(rows, level, column) for level, column in LEVELS if column is None or rows[column].notna().any()]
    found = pd.DataFrame(told if len(rows) else [], columns=list(COLUMNS))
    return found.sort_values("groups", ascending=False, kind="stable", ignore_index=True)


def _level(rows: pd.DataFrame, level: str, column: str | None) -> dict[str, object]:
    by = ["origin", "period"] if column is None else ["origin", "period", column]
    summed = rows.groupby(by, dropna=False)[["said", "came"]].sum()
    # What seasonal naive says nothing about is no error of it.
    naive = rows[np.isfinite(rows["baseline"])].groupby(by, dropna=False)[["baseline", "came"]].sum()
    came = summed["came"].to_numpy()
    return {
        "level": level,
        "groups": 1 if column is None else int(rows[column].nunique(dropna=False)),
        "wape": wape(came, summed["said"].to_numpy()),
        "baseline": wape(naive["came"].to_numpy(), naive["baseline"].to_numpy()),
        "bias": bias(came, summed["said"].to_numpy()),
    }
