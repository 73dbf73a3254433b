"""Parts of the page about the forecast: how right it was, and what drives it."""

from __future__ import annotations

from functools import partial

from analytics.metrics.metric import Favourable, Unit
from dashboard.services.forecast_view import Outlook
from dashboard.ui.charts.changes import changes
from dashboard.ui.charts.fan import lines
from dashboard.ui.forecast_columns import DRIVERS, LEVELS, PAST, STEPS
from dashboard.ui.page import Page
from dashboard.ui.tables import Column


def accuracy(page: Page, view: Outlook) -> None:
    """By horizon, and over time."""
    left, right = page.columns(1, 1)
    with left:
        drawn = partial(lines, page.fmt, page.palette, view.steps, "step", named(page, STEPS[1:3]), Unit.RATE)
        page.chart("steps", page.t("forecast.steps"), drawn, view.steps, STEPS, about=page.t("forecast.steps.about"))
    with right:
        drawn = partial(lines, page.fmt, page.palette, view.past, "period", named(page, PAST[1:]), Unit.UNITS)
        page.chart("past", page.t("forecast.past"), drawn, view.past, PAST, about=page.t("forecast.past.about"))


def levels_and_drivers(page: Page, view: Outlook) -> None:
    """Side by side; runs of older releases do not tell of drivers."""
    if view.drivers.empty:
        levels(page, view)
        return
    left, right = page.columns(1, 1)
    with left:
        levels(page, view)
    with right:
        drivers(page, view)


def levels(page: Page, view: Outlook) -> None:
    """How right the forecast was after adding up."""
    page.section(page.t("forecast.levels"), page.t("forecast.levels.about"))
    told = view.levels.assign(level=[worded(page, level, "level") for level in view.levels["level"]])
    page.table("levels", page.t("forecast.levels"), told, LEVELS)


def drivers(page: Page, view: Outlook) -> None:
    """What the demand ahead owes to what is planned."""
    told = view.drivers.assign(driver=[worded(page, driver, "driver") for driver in view.drivers["driver"]])
    bars = told.rename(columns={"driver": "name", "units": "change"})
    drawn = partial(changes, page.fmt, page.palette, bars, Unit.UNITS, Favourable.NEITHER, rises_red=page.rises_red)
    page.chart("drivers", page.t("forecast.drivers"), drawn, told, DRIVERS, about=page.t("forecast.drivers.about"))


def named(page: Page, columns: tuple[Column, ...]) -> list[tuple[str, str]]:
    """Names of columns and how they are written."""
    return [(column.name, page.t(column.label)) for column in columns]


def worded(page: Page, names: str, kind: str = "flag") -> str:
    """Names that stand in one cell, separated by commas, in the reader's language."""
    return page.t("list.comma").join(page.t(f"forecast.{kind}.{name}") for name in names.split(",") if name)
