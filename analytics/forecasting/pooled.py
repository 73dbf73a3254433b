"""Pooled regression of log demand on price, promotion and calendar: own levels, shared responses.

Each series has a level of its own; the responses are shared by the series of one SKU, or of one category where a SKU
is sold at few nodes. Prices of the category's other SKUs at the same node enter as far as they are planned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting.candidate import Answer
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.numbers import filled
from analytics.forecasting.panel import Past
from analytics.forecasting.plans import tail

RIDGE = 1e-3
MOST_RIVALS = 12
FEWEST_SERIES = 5
FEWEST_KNOWN = 60
OFFSET = 0.5
"""Added before the logarithm where zeros occur, half a unit."""


@dataclass(frozen=True, slots=True)
class _Law:
    """What was learnt of one group: logs of the demand ahead, and how they answer to each column."""

    location: Floats
    offset: float
    slopes: Floats
    seen: Flags

    def said(self, shift: Floats | float = 0.0) -> Floats:
        said = np.maximum(np.exp(np.clip(self.location + shift, -20, 20)) - self.offset, 0.0)
        return np.where(self.seen[:, None], said, np.nan)


def pooled(past: Past) -> Floats:
    """The median that the regression implies, N × H; NaN where a group has too few known periods."""
    return pooling(past).said


def pooling(past: Past) -> Answer:
    """The same, to be asked again under other plans without another fit."""
    columns = designed(past)
    forecast = np.full((len(past.series), past.horizon), np.nan)
    laws: list[tuple[Ints, _Law]] = []
    for rows in groups(past.series):
        design = [column[rows] for column in columns]
        shape = (len(rows), past.length + past.horizon, 0)
        law = _fitted(past.demand[rows], np.stack(design, axis=2) if design else np.zeros(shape))
        if law is not None:
            forecast[rows] = law.said()
            laws.append((rows, law))
    before = tail(past)

    def again(plan: Past) -> Floats:
        moved, said = shifts(designed(before), designed(tail(plan))), forecast.copy()
        for rows, law in laws:
            said[rows] = law.said(sum((moved[at][rows] * law.slopes[at] for at in moved), np.zeros(law.location.shape)))
        return said

    return Answer(forecast, again)


def shifts(before: list[Floats], after: list[Floats]) -> dict[int, Floats]:
    """By how much columns of one tail differ from those of another in the periods ahead; those that do, by place."""
    moved = {at: (new - old)[:, 1:] for at, (old, new) in enumerate(zip(before, after, strict=True))}
    return {at: values for at, values in moved.items() if values.any()}


def groups(series: pd.DataFrame) -> list[np.ndarray]:
    """Rows that share responses: those of a SKU, or of a category's SKUs that few nodes sell."""
    label = group_label(series)
    return [np.asarray(rows) for _, rows in sorted(series.groupby(label, sort=True).indices.items())]


def group_label(series: pd.DataFrame) -> pd.Series:
    """``s:`` and the SKU, or ``c:`` and the category, per series."""
    by_sku = series.groupby("sku", sort=True)["series"].transform("size")
    category = "c:" + series["category"].astype("string").fillna("")
    return category.where(by_sku < FEWEST_SERIES, "s:" + series["sku"].astype("string"))


def designed(past: Past) -> list[Floats]:
    """Columns of N × (T + H): log prices, rivals' log prices, other drivers, calendar."""
    columns: list[Floats] = []
    shape = (len(past.series), past.length + past.horizon)
    price = past.drivers.get("price")
    if price is not None:
        columns += [*_prices(log_price(price), past.series)]
    columns += [np.nan_to_num(values) for name, values in sorted(past.drivers.items()) if name != "price"]
    columns += [np.broadcast_to(values[None, :], shape) for _, values in sorted(past.calendar.items())]
    return columns


def log_price(price: Floats) -> Floats:
    """Gaps take the price before them, so that a missing row does not look like a change of price."""
    return np.log(np.maximum(filled(np.where(price > 0, price, np.nan)), 1e-9))


def rivals(price: Floats, series: pd.DataFrame) -> Floats:
    """N × (T + H) × M log prices of the category's other SKUs at the same node; NaN where one is not sold there."""
    node = series["node"].astype("string")
    category = series["category"].astype("string").fillna("")
    skus = series["sku"].astype("string")
    place = skus.groupby(category).transform(lambda codes: codes.factorize(sort=True)[0]).to_numpy(dtype=np.int64)
    where, _ = (node + "\x1f" + category).factorize(sort=True)
    most = int(place.max()) + 1 if len(place) else 0
    table = np.full((int(where.max()) + 1 if len(where) else 0, price.shape[1], most), np.nan)
    table[where, :, place] = price
    others = np.asarray(table[where])
    others[np.arange(len(place)), :, place] = np.nan
    return others


def _prices(price: Floats, series: pd.DataFrame) -> list[Floats]:
    widest = series.groupby(series["category"].astype("string").fillna(""))["sku"].nunique().max()
    if not 1 < widest <= MOST_RIVALS:
        return [price]
    others = np.nan_to_num(rivals(price, series))
    return [price, *(others[:, :, at] for at in range(others.shape[2]))]


def _fitted(demand: Floats, design: Floats) -> _Law | None:
    length = demand.shape[1]
    known = np.isfinite(demand)
    if known.sum() < FEWEST_KNOWN:
        return None
    offset = OFFSET if (demand[known] <= 0).any() else 0.0
    target = np.where(known, np.log(np.maximum(np.nan_to_num(demand), 0.0) + offset + 1e-12 * (offset == 0)), 0.0)
    count = np.maximum(known.sum(axis=1), 1)[:, None]
    own = target.sum(axis=1, keepdims=True) / count
    centre = (design[:, :length] * known[:, :, None]).sum(axis=1) / count
    response = slopes((design[:, :length] - centre[:, None])[known], (target - own)[known], RIDGE)
    location = own + (design[:, length:] - centre[:, None]) @ response
    return _Law(location, offset, response, np.asarray(known.any(axis=1)))


def slopes(x: Floats, y: Floats, ridge: float) -> Floats:
    """Ridge on standardised columns; a column that never moves gets no slope."""
    if x.shape[1] == 0:
        return np.zeros(0)
    spread = x.std(axis=0)
    moving = spread > 1e-9
    found = np.zeros(x.shape[1])
    if moving.any():
        scaled = x[:, moving] / spread[moving]
        gram = scaled.T @ scaled + ridge * len(x) * np.eye(int(moving.sum()))
        found[moving] = np.linalg.solve(gram, scaled.T @ y) / spread[moving]
    return found
