"""What prices and promotions planned elsewhere say about a series: by the SKU's other nodes and the node's other SKUs.

A promotion that runs at all nodes is advertised, one that runs at a single node is not; a price is low or high beside
what stands next to it on the shelf. Everything stands at its own period and is made from the plan up to that period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.contract import Bucket, Floats, Ints
from analytics.forecasting.numbers import filled

Market = Mapping[str, npt.NDArray[np.float32]]
"""Columns of N × (T + H); NaN where nothing is known."""

BLOCK = 4
"""Weeks for which the usual price, the median of the year before them, is kept."""
CUT = 0.1
"""A price so far below the usual one, in logs, is a cut."""


@dataclass(frozen=True, slots=True)
class Members:
    """Rows in the order of their group, first place of each group, and the group of each row."""

    order: Ints
    first: Ints
    group: Ints

    def sums(self, values: Floats) -> Floats:
        """Sum of each row's group."""
        return np.asarray(np.add.reduceat(values[self.order], self.first, axis=0)[self.group])

    def least(self, values: Floats) -> Floats:
        """Smallest value of each row's group."""
        return np.asarray(np.minimum.reduceat(values[self.order], self.first, axis=0)[self.group])


def members(names: pd.Series) -> Members:
    group, labels = names.factorize(sort=True)
    order = np.argsort(group, kind="stable")
    return Members(order, np.searchsorted(group[order], np.arange(len(labels))), group)


def market_of(drivers: Mapping[str, Floats], series: pd.DataFrame, bucket: Bucket) -> Market:
    """Columns, as far as prices and promotions are planned at all.

    ``sku_promoted`` and ``sku_relative``: mean over the SKU's nodes of promotion and price against the usual one;
    ``relative``: the latter of the series itself; of the category's other SKUs at the node ``rivals_promoted``,
    ``rivals_relative``, ``rivals_dearer`` (mean log price less the own), ``rivals_cheapest`` (the lowest less the
    own), ``rivals_deepest`` (the deepest cut) and ``rivals_cutting`` (share that cuts its price).
    """
    if not len(series):
        return {}
    shelf = series["node"].astype("string") + "\x1f" + series["category"].astype("string").fillna("")
    of_sku, of_shelf = members(series["sku"].astype("string")), members(shelf)
    columns: dict[str, Floats] = {}
    promotion, price = drivers.get("promotion"), drivers.get("price")
    if promotion is not None:
        columns["sku_promoted"] = _mean(promotion, of_sku)
        columns["rivals_promoted"] = _others(promotion, of_shelf)
    if price is not None:
        columns |= _prices(_log(price), of_sku, of_shelf, bucket)
    return {name: values.astype(np.float32) for name, values in columns.items()}


def _prices(price: Floats, of_sku: Members, of_shelf: Members, bucket: Bucket) -> dict[str, Floats]:
    relative = price - usual(price, bucket)
    cut = np.where(np.isfinite(relative), (relative < -CUT).astype(np.float64), np.nan)
    return {
        "relative": relative,
        "sku_relative": _mean(relative, of_sku),
        "rivals_relative": _others(relative, of_shelf),
        "rivals_dearer": _others(price, of_shelf) - price,
        "rivals_cheapest": _least_other(price, of_shelf) - price,
        "rivals_deepest": _least_other(relative, of_shelf),
        "rivals_cutting": _others(cut, of_shelf),
    }


def _log(price: Floats) -> Floats:
    """Gaps take the price before them; what comes before the first price stays unknown."""
    known = np.where(price > 0, price, np.nan)
    begun = np.logical_or.accumulate(np.isfinite(known), axis=1)
    return np.where(begun, np.log(np.maximum(filled(known), 1e-9)), np.nan)


def usual(price: Floats, bucket: Bucket) -> Floats:
    """Median of the year before each block of four weeks; in the first block, the first price."""
    block = BLOCK * 7 // bucket.days
    found = np.empty(price.shape)
    for first in range(0, price.shape[1], block):
        past = price[:, max(0, first - bucket.year) : max(first, 1)]
        found[:, first : first + block] = _median(past)[:, None]
    return found


def _median(past: Floats) -> Floats:
    """Median of what is known; NaN where nothing is."""
    middle = np.median(past, axis=1)
    partly = np.flatnonzero(np.isnan(middle) & np.isfinite(past[:, -1]))
    if len(partly):
        middle[partly] = np.nanmedian(past[partly], axis=1)
    return np.asarray(middle)


def _mean(values: Floats, of: Members) -> Floats:
    known = np.asarray(np.isfinite(values))
    total, count = of.sums(np.where(known, values, 0.0)), of.sums(known.astype(np.float64))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _others(values: Floats, of: Members) -> Floats:
    """Mean over the group without the row itself; NaN where nobody else is known."""
    known = np.isfinite(values)
    own = np.where(known, values, 0.0)
    total, count = of.sums(own) - own, of.sums(known.astype(np.float64)) - known
    return np.where(count > 0.5, total / np.maximum(count, 1), np.nan)


def _least_other(values: Floats, of: Members) -> Floats:
    """Smallest value of the group without the row itself."""
    known = np.where(np.isfinite(values), values, np.inf)
    least = of.least(known)
    smallest = known == least
    alone = of.sums(smallest.astype(np.float64)) < 1.5
    second = of.least(np.where(smallest, np.inf, known))
    found = np.where(smallest & alone, second, least)
    return np.where(np.isfinite(found), found, np.nan)
