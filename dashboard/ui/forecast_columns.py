"""Columns of the tables behind the forecast's pictures."""

from __future__ import annotations

from dashboard.ui.tables import Column

FAN = (
    Column("period", "forecast.column.period", "day"),
    Column("sold", "forecast.column.sold", "units"),
    Column("demand", "forecast.column.demand", "units"),
    Column("mean", "forecast.column.mean", "units"),
    Column("low", "forecast.column.low", "units"),
    Column("median", "forecast.column.median", "units"),
    Column("high", "forecast.column.high", "units"),
)
STEPS = (
    Column("step", "forecast.column.step", "count"),
    Column("wape", "forecast.column.wape", "rate"),
    Column("baseline", "forecast.column.naive", "rate"),
    Column("bias", "forecast.column.bias", "change"),
)
LEVELS = (
    Column("level", "forecast.column.level", width=110),
    Column("groups", "forecast.column.groups", "count"),
    Column("wape", "forecast.column.wape", "rate"),
    Column("baseline", "forecast.column.naive", "rate"),
    Column("bias", "forecast.column.bias", "change"),
)
PAST = (
    Column("period", "forecast.column.period", "day"),
    Column("said", "forecast.column.said", "units"),
    Column("baseline", "forecast.column.naive", "units"),
    Column("came", "forecast.column.came", "units"),
)
PARTS = (
    Column("period", "forecast.column.period", "day"),
    Column("trend", "forecast.column.trend", "units"),
    Column("season", "forecast.column.season", "units"),
    Column("rest", "forecast.column.rest", "units"),
)
WORST = (
    Column("node_name", "forecast.column.node", width=150),
    Column("name", "column.product", width=150),
    Column("missed", "forecast.column.missed", "units"),
    Column("wape", "forecast.column.wape", "rate"),
    Column("baseline", "forecast.column.naive", "rate"),
    Column("methods", "forecast.column.methods", width=180),
    Column("flags", "forecast.column.flags", width=140),
)
DRIVERS = (
    Column("driver", "forecast.column.driver", width=150),
    Column("units", "forecast.column.driver_units", "units"),
    Column("share", "forecast.column.driver_share", "change"),
)
FLAGS = (Column("flag", "forecast.column.flag", width=220), Column("series", "forecast.column.series", "count"))
