"""What drivers add to the demand ahead, over whatever was chosen: shares kept by the run, turned into units."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir
import pandas as pd

PREFIX = "without_"
COLUMNS = ("driver", "units", "share")


def drivers_of(ahead: ir.Table, read: Callable[[ir.Table], pd.DataFrame]) -> pd.DataFrame:
    """Columns COLUMNS, the largest first; ``ahead``: rows of forecast_ahead, read by ``read``.

    ``units`` above zero: so much less would be expected without the driver; ``share`` of all that is expected. A driver
    that the data do not tell of is left out, and runs of older releases tell of none.
    """
    names = [name.removeprefix(PREFIX) for name in ahead.columns if name.startswith(PREFIX)]
    if not names:
        return pd.DataFrame(columns=list(COLUMNS))
    known = ahead.filter(~ahead["mean"].isnan())
    moved = {name: (known["mean"] * (1 - known[PREFIX + name])).sum() for name in names}
    # The name of a driver may be that of a column.
    told = read(known.aggregate(**{PREFIX + name: value for name, value in moved.items()}, whole=known["mean"].sum()))
    units = told.iloc[0].astype(float)
    rows = pd.DataFrame({"driver": names, "units": [units[PREFIX + name] for name in names]})
    rows = rows[rows["units"].notna()].assign(share=lambda t: t["units"] / units["whole"] if units["whole"] else 0.0)
    return rows.sort_values("units", key=lambda one: -one.abs(), kind="stable", ignore_index=True)
