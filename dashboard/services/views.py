"""Frozen answers of the services: what a page may show, already scoped and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd

from analytics.core.calendar import Period
from analytics.metrics.control import Limits


@dataclass(frozen=True, slots=True)
class Freshness:
    """Where the numbers come from."""

    build_id: str
    published_at: datetime
    covered: Period
    currency: str


class Option(NamedTuple):
    """One entry of a filter list: the code that is asked for and the words that are shown."""

    code: str
    label: str
    within: tuple[str, ...] = ()
    """Codes of what it lies in, in another filter: a partner's regions, a product's category."""


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Only values that the actor may see."""

    channels: tuple[Option, ...]
    partners: tuple[Option, ...]
    categories: tuple[Option, ...]
    covered: Period
    regions: tuple[Option, ...] = ()
    skus: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI: value and baseline (None means "no data", never zero), and its daily line.

    ``needs``: tables to load when the value cannot be known at all. ``target``: what was planned for these days and
    filters. ``limits``: what would have been ordinary, where history tells. ``unbuilt``: whether it takes a new build,
    because the published one was made by an older version. ``uncut``: filters that it cannot be cut by; it then has no
    value.
    """

    metric: str
    value: float | None
    baseline: float | None
    sparkline: tuple[float | None, ...]
    needs: tuple[str, ...] = ()
    target: float | None = None
    limits: Limits | None = None
    unbuilt: bool = False
    uncut: tuple[str, ...] = ()

    @property
    def attained(self) -> float | None:
        """Value over target; None without either."""
        return self.value / self.target if self.value is not None and self.target else None

    @property
    def unusual(self) -> bool:
        return self.limits is not None and self.limits.unusual

    @property
    def change(self) -> float | None:
        """Relative change against the baseline; None when either is missing or the baseline is zero."""
        if self.value is None or not self.baseline:
            return None
        return (self.value - self.baseline) / abs(self.baseline)

    @property
    def difference(self) -> float | None:
        """Absolute change; what rates show, in percentage points."""
        if self.value is None or self.baseline is None:
            return None
        return self.value - self.baseline


@dataclass(frozen=True, slots=True)
class Today:
    """Answer of ``overview/today``.

    ``trend``: columns day (date), sales, baseline (the aligned day of the baseline period; NaN where none).
    ``partners``: partner, name, sales, orders, baseline, change (relative to
    baseline, NaN where none), share.
    ``products``: sku, name, category, sales, units, change, share. Both sorted by sales, descending; the largest, and
    those that changed most. ``all_products`` counts all, ``product_sums`` are those of all.
    ``coverage``: what could not be attributed, for honest footnotes.
    """

    freshness: Freshness
    period: Period
    baseline: Period
    tiles: tuple[Tile, ...]
    trend: pd.DataFrame
    partners: pd.DataFrame
    products: pd.DataFrame
    all_products: int
    product_sums: Mapping[str, float]
    coverage: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Tiers:
    """Answer of "who stands where": one row per member of the next ``level`` (province, city or partner).

    Columns: key ("" where it is not known), name, sales, orders, baseline, change, share, target, attained, expected,
    unusual ("high", "low", or "" for ordinary and for what cannot be judged), line (sales by day, week or month of the
    period); the unusual first, then by sales.
    ``total`` counts all of them; ``sums`` are those of sales, baseline, share and target over all.
    """

    freshness: Freshness
    period: Period
    baseline: Period
    level: str
    rows: pd.DataFrame
    total: int
    sums: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Service:
    """Answer of ``overview/fulfilment``.

    ``modes`` and ``channels``: key ("" where it is not known; channels have a name), paid_lines, share,
    on_time_in_full, cancellation_rate, oversell_rate. ``causes``: kind (cancelled or refunded), key, lines, share of
    the kind. ``places``: partners with key, name, out_of_stock_rate, on_time_in_full, cancellation_rate, refund_rate,
    complaints. ``nodes``: key, name, paid_lines, on_time_in_full, out_of_stock_rate, cancelled_lines, refund_lines,
    cause (of most of those lines). NaN where a number cannot be known.
    """

    freshness: Freshness
    period: Period
    baseline: Period
    tiles: tuple[Tile, ...]
    modes: pd.DataFrame
    channels: pd.DataFrame
    causes: pd.DataFrame
    places: pd.DataFrame
    nodes: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Hole:
    """Days that ``source`` should have told of and did not."""

    source: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """What is missing of ``period`` and of the days that it is compared with, source by source."""

    period: Period
    holes: tuple[Hole, ...]
    before: tuple[Hole, ...]

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({day for hole in self.holes for day in hole.days}))


@dataclass(frozen=True, slots=True)
class Pool:
    """How the one pool of stock stands: one tile per KPI."""

    freshness: Freshness
    period: Period
    baseline: Period
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was counted but could not be attributed: ``kind`` is partner_unlisted, product_unlisted,
    unplaced, account_unknown or cost_unknown. ``names`` lists up to 50 of them (empty where there is nothing to list).
    """

    kind: str
    things: int
    lines: int
    amount: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """Answer of "why": what each part contributed to the change of one metric.

    ``parts``: key ("" where it is not known), name, now, before, change, and for ratios rate_effect and mix_effect (NaN
    otherwise), largest change first; changes and ``residual`` make ``now - before`` exactly. ``now`` and ``before`` are
    None where the whole cannot be known. ``rows`` of ``tables`` stand behind ``now``.
    """

    freshness: Freshness
    metric: str
    by: str
    period: Period
    baseline: Period
    now: float | None
    before: float | None
    parts: pd.DataFrame
    residual: float
    rows: int
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The first ``shown`` of ``total`` rows, and the sums of columns over all of them, as far as they are known.

    Order lines: day, order_id, line_no, channel, partner, partner_name, sku, product_name, quantity, amount.
    Products: as ``products`` of :class:`Today`. Partners behind a map: as ``lines`` of :class:`Heatmap`.
    """

    frame: pd.DataFrame
    total: int
    shown: int
    sums: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A named point for orientation on the map; ``names`` maps a language ("zh", "en") to its label."""

    names: Mapping[str, str]
    latitude: float
    longitude: float
    weight: float


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Answer of ``territory/heatmap``.

    ``cells``: cell (H3 index), value, baseline, growth, latitude, longitude, place (nearest named place), share.
    ``points``: partner, name, latitude, longitude, value, baseline, growth.
    ``lines``: the first of ``lines_total`` partners behind the chosen cells: partner, name, place, value, baseline,
    growth; ``lines_sums`` are those of all.
    ``scale``: value limits (low, high) of the colour scale, fixed over everything the build covers, or over all pieces
    of a window that was cut. ``unplaced``: partners and amount without a position. ``value`` is NaN where the number
    that it is divided by is not known; of a rate, ``growth`` is the difference. ``steps``: first days of the pieces;
    ``comparable``: whether data cover the whole baseline.
    """

    freshness: Freshness
    metric: str
    period: Period
    baseline: Period
    resolution: int
    cells: pd.DataFrame
    points: pd.DataFrame
    lines: pd.DataFrame
    lines_total: int
    lines_sums: Mapping[str, float]
    scale: tuple[float, float]
    backdrop: tuple[str, ...]
    places: tuple[Place, ...]
    unplaced: Gap | None = None
    per: str = ""
    step: str = ""
    steps: tuple[date, ...] = ()
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric as the glossary shows it."""

    metric: str
    unit: str
    additivity: str
    favourable: str
    owner: str
    fact: str
    needs: tuple[str, ...]
    available: bool


@dataclass(frozen=True, slots=True)
class Glossary:
    """Answer of ``overview/glossary``."""

    definitions: tuple[Definition, ...]
    freshness: Freshness | None = None
    loaded: Mapping[str, int] = field(default_factory=dict)
