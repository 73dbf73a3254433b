"""From a page's filters to questions: dates, comparison, filters and the bucket of a trend."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.core.calendar import Period, baseline, preset_period
from analytics.core.geo import RESOLUTIONS, is_cell, resolution_of
from dashboard.services.desk import Opened
from dashboard.services.requests import Asked

DAY = timedelta(days=1)

Where = tuple[tuple[str, tuple[str | bool | None, ...]], ...]


def period_of(asked: Asked, covered: Period) -> Period:
    """Free dates when both are given, else the preset counted back from the last day that has data."""
    if asked.first and asked.last:
        return Period(asked.first, asked.last)
    return preset_period(asked.preset, covered=covered)


def baseline_of(asked: Asked, covered: Period) -> Period:
    free = asked.first and asked.last
    return baseline(period_of(asked, covered), asked.comparison, None if free else asked.preset)


def comparable(period: Period, covered: Period) -> bool:
    """Whether data cover the whole of a baseline; a half-covered one would flatter every change."""
    return covered.first <= period.first and period.last <= covered.last


def where_of(asked: Asked, opened: Opened, *, cells: bool = True) -> Where:
    """Filters as a question's ``where``; a partner stands for itself and everybody below it.

    ``cells=False`` leaves the chosen hexagons out, for a map that goes on showing what lies around them.
    """
    kept: list[tuple[str, tuple[str | bool | None, ...]]] = []
    if asked.regions:
        kept.append(("region", _regions_within(asked.regions, opened)))
    if asked.partners:
        kept.append(("partner", _with_descendants(asked.partners, opened)))
    kept.extend((name, values) for name, values in _as_they_are(asked).items() if values)
    if asked.cells and cells:
        kept.extend(in_cells(asked.cells))
    return tuple(kept)


def _as_they_are(asked: Asked) -> dict[str, tuple[str, ...]]:
    """Filters that stand for nothing but themselves."""
    return {
        "channel": asked.channels,
        "category": asked.categories,
        "sku": asked.skus,
        "mode": asked.modes,
        "node": asked.nodes,
        "reason": asked.reasons,
    }


def in_cells(cells: tuple[str, ...]) -> Where:
    """Conditions for hexagons of any size; each is told apart by its own, whatever size a map shows just now."""
    known = [cell for cell in cells if is_cell(cell) and resolution_of(cell) in RESOLUTIONS]
    sizes = sorted({resolution_of(cell) for cell in known}) or [RESOLUTIONS[0]]
    return tuple((f"cell{size}", tuple(cell for cell in known if resolution_of(cell) == size)) for size in sizes)


def _regions_within(regions: tuple[str, ...], opened: Opened) -> tuple[str, ...]:
    """Codes of the regions and of all that lie in them: a province stands for its cities and districts."""
    known, chosen = opened.facts.table("region"), list(regions)
    inside = known.filter(known.code.isin(chosen) | known.city.isin(chosen) | known.province.isin(chosen))
    found = opened.facts.answer(inside.select("code").distinct())["code"].to_pylist()
    return tuple(sorted({*found, *regions}))


def _with_descendants(partners: tuple[str, ...], opened: Opened) -> tuple[str, ...]:
    tree = opened.facts.table("partner_closure")
    below = opened.facts.answer(tree.filter(tree.ancestor.isin(list(partners))).select("descendant").distinct())
    return tuple(sorted({*below["descendant"].to_pylist()})) or ("",)


def bucket_of(period: Period) -> str:
    """Days up to a quarter, weeks up to two years, months beyond."""
    if period.days <= 92:
        return "day"
    return "week" if period.days <= 731 else "month"


MOST_STEPS = 62
"""Pieces of a window beyond which nobody finds one on a slider."""


def steps_of(period: Period, step: str) -> tuple[date, ...]:
    """First days of the whole pieces of a window; none where there are fewer than two, or too many to choose from."""
    found = [day for day in buckets(period, step) if day >= period.first]
    return tuple(found) if 2 <= len(found) <= MOST_STEPS else ()


def piece_of(start: date, bucket: str) -> Period:
    """The days of the bucket that begins on ``start``."""
    return Period(start, _next(start, bucket) - DAY)


def buckets(period: Period, bucket: str) -> list[date]:
    """First days of the buckets that lie wholly within ``period``, in order.

    A week cut in two by the period's edge would look like a fall. Where no bucket is whole, all that it touches count.
    """
    touched = _touched(period, bucket)
    return [day for day in touched if day >= period.first and _next(day, bucket) - DAY <= period.last] or touched


def _touched(period: Period, bucket: str) -> list[date]:
    first = bucket_start(period.first, bucket)
    found = [first]
    while (following := _next(found[-1], bucket)) <= period.last:
        found.append(following)
    return found


def bucket_start(day: date, bucket: str) -> date:
    if bucket == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket == "month" else day


def bucket_days(start: date, bucket: str) -> int:
    """Length of the bucket that begins on ``start``."""
    return (_next(start, bucket) - start).days


def _next(day: date, bucket: str) -> date:
    if bucket == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if bucket == "week" else 1)
