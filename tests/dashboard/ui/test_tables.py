"""Columns of the grid show as many digits as their values need."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from dashboard.ui.formatting import Format
from dashboard.ui.tables import Column, configured
from dashboard.words import words


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([2734.0, 0.0, None], "%,.0f"),
        ([2734.0, 2.5], "%,.1f"),
        ([3.0, math.nan], "%,.0f"),
        ([], "%,.0f"),
    ],
)
def test_units_show_a_decimal_where_one_of_them_is_not_whole(values: list[float | None], shown: str) -> None:
    column = Column("units", "metric.units.label", "units")
    made = configured(Format(words("zh")), column, pa.chunked_array([pa.array(values, pa.float64(), from_pandas=True)]))
    assert made["type_config"]["format"] == shown
