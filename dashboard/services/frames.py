"""From the engine's tables to frames for the screen."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Arrow to pandas for the screen: decimals become floats here and nowhere earlier."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        columns[name] = column.cast(pa.float64()) if pa.types.is_decimal(kind) else column
    frame: pd.DataFrame = pa.table(columns).to_pandas(date_as_object=True)
    return frame


def sums_of(frame: pd.DataFrame, *names: str) -> dict[str, float]:
    """Sums of columns; not a number where a value is unknown."""
    return {name: float(frame[name].astype(float).sum(skipna=False)) for name in names}
