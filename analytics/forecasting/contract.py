"""Column contracts of the frames that go in, and the names of what comes out."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.core.errors import ContractViolation

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SALES_COLUMNS = ("series", "period", "sold", "out")
"""One row per series and period that is known: ``period`` its first day; ``sold`` units (may be negative where returns
prevail); ``out`` the share of the period without stock, 0 to 1, NaN where nobody knows."""

SERIES_COLUMNS = ("series", "node", "sku", "category", "region")
"""One row per series; ``category`` and ``region`` may be empty."""

SPAN_COLUMNS = ("series", "first", "last")
"""Periods in which the series was listed, ends included; a period without a sale inside one is a zero."""

DRIVER_COLUMNS = ("series", "period")
"""Keys of the plan: every further column is a driver known in advance, such as ``price`` or ``promotion``."""


class Bucket(StrEnum):
    """Length of a period; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        return 7 if self is Bucket.WEEK else 1

    @property
    def season(self) -> int:
        """Periods after which the pattern returns: the week in days, the year in weeks."""
        return 52 if self is Bucket.WEEK else 7

    @property
    def year(self) -> int:
        return 52 if self is Bucket.WEEK else 364


class Flag(StrEnum):
    """Why a line's forecast deserves a look, or why there is none."""

    NO_HISTORY = "no_history"
    ONE_POINT = "one_point"
    ALL_ZERO = "all_zero"
    ENDED_EARLY = "ended_early"
    GAPS = "gaps"
    ALL_CENSORED = "all_censored"
    LOOK_ALIKE = "look_alike"
    NEGATIVE_SALES = "negative_sales"
    NO_LOOK_ALIKE = "no_look_alike"


REFUSED = frozenset({Flag.NO_LOOK_ALIKE})
"""Flags of lines that get no numbers at all, instead of a zero that means "unknown"."""


def demand_columns(frame: pd.DataFrame, wanted: tuple[str, ...], name: str) -> None:
    """Raise ContractViolation unless ``frame`` has the columns; the error says which are missing and what came."""
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise ContractViolation(
            "forecast_columns", frame=name, missing=", ".join(missing), given=", ".join(map(str, frame.columns))
        )
