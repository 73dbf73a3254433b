"""New SKUs and new nodes: levels borrowed from look-alikes, blended with what little they have sold.

A look-alike of a new series is the same SKU at other nodes, scaled by how much the node sells of what it shares with
them; failing that, the category at the same node; failing that, the category anywhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.numbers import mean_of
from analytics.forecasting.units import ODD

PATIENCE = 4.0
"""As many periods of own sales weigh as much as the look-alikes."""


def borrowed(level: Floats, series: pd.DataFrame, young: Flags) -> Floats:
    """Level of each young series from the others'; NaN where nothing is alike. ``level``: units a period, NaN unknown.

    before: sku A sells 10 at node 1, 20 at node 2; sku B sells 5 at node 1       after: B at node 2 → 10
    """
    category_of = series["category"].astype("string").fillna("")
    known = np.where(young, np.nan, level)
    known = np.where(_odd(known / _node_size(known, series), category_of), np.nan, known)
    size = _node_size(known, series)
    sku = _means(known / size, series["sku"])
    category = _means(known / size, category_of)
    at_node = _means(known, series["node"].astype("string") + "\x1f" + category_of)
    guess = np.where(np.isfinite(sku), sku * size, at_node)
    return np.asarray(np.where(np.isfinite(guess), guess, category * size))


def blended(own: Floats, like: Floats, demand: Floats) -> Floats:
    """Factor per series from its own mean to the blend of its own and its look-alikes' level."""
    count = np.isfinite(demand).sum(axis=1).astype(np.float64)
    mean = np.nan_to_num(own)
    blend = (count * mean + PATIENCE * np.nan_to_num(like)) / (count + PATIENCE)
    return np.asarray(np.where(np.isfinite(like), blend, np.where(count > 0, mean, np.nan)))


def _node_size(level: Floats, series: pd.DataFrame) -> Floats:
    """How much a node sells of a SKU, relative to the nodes that sell the same; 1 where nothing is shared."""
    relative = level / np.maximum(_means(level, series["sku"]), 1e-9)
    size = _means(relative, series["node"])
    return np.asarray(np.where(np.isfinite(size) & (size > 0), size, 1.0))


def _odd(level: Floats, category: pd.Series) -> Flags:
    """Series that are counted in something else than their category: one that sells grams is like no new SKU.

    ``level``: beside what the node sells in general, for a warehouse rightly sells a thousand times as much as a store.
    """
    usual = pd.Series(np.where(level > 0, level, np.nan)).groupby(category.to_numpy()).transform("median")
    return np.asarray(level > ODD * usual.to_numpy())


def _means(values: Floats, keys: pd.Series) -> Floats:
    """Mean of what is known among the series with the same key."""
    codes, _ = keys.astype("string").fillna("").factorize(sort=True)
    known = np.isfinite(values)
    count = np.bincount(codes, weights=known.astype(np.float64))
    total = np.bincount(codes, weights=np.where(known, values, 0.0))
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan)[codes])


def shape_of(said: Floats, series: pd.DataFrame, young: npt.NDArray[np.bool_]) -> Floats:
    """How the grown series of the category move over the horizon, around 1; flat where there are none."""
    mean = np.maximum(mean_of(said, axis=1), 1e-9)[:, None]
    relative = np.where(young[:, None], np.nan, said / mean)
    category = series["category"].astype("string").fillna("")
    columns = [_means(relative[:, step], category) for step in range(said.shape[1])]
    return np.nan_to_num(np.stack(columns, axis=1), nan=1.0)
