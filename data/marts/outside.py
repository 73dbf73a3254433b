"""The world outside, as it was told: weather by day of issue, and what people searched for."""

from __future__ import annotations

import ibis.expr.types as ir

from data.marts.mart import Inputs, Mart


def weather_told(inputs: Inputs) -> ir.Table:
    """Grain: region × day × day of issue; before its day that is a forecast. °C (mean of low and high), mm of rain."""
    rows = inputs.current("weather")
    low, high = rows.low_celsius.fill_null(rows.high_celsius), rows.high_celsius.fill_null(rows.low_celsius)
    told = rows.mutate(celsius=((low + high) / 2).cast("float64"), rain_mm=rows.rain_mm.cast("float64"))
    return told.group_by("region", "day", "issued").aggregate(celsius=told.celsius.mean(), rain_mm=told.rain_mm.mean())


def search_told(inputs: Inputs) -> ir.Table:
    """Grain: keyword × platform × region × day; points of the platform's own index."""
    rows = inputs.current("search_index")
    told = rows.mutate(value=rows.value.cast("float64"))
    return told.group_by("keyword", "platform", "region", "day").aggregate(value=told.value.mean())


MARTS = (
    Mart("weather_told", weather_told, reads=("weather",)),
    Mart("search_told", search_told, reads=("search_index",)),
)
