"""What is planned after a past: cut out, told from another plan, and named by its content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.market import market_of
from analytics.forecasting.numbers import filled
from analytics.forecasting.panel import Past


def tail(past: Past) -> Past:
    """The plan alone, after the last known period; prices as they stood by then. Holds nothing of the past."""
    first = past.length - 1
    price = past.drivers.get("price")
    if price is not None:
        past = replace(past, drivers={**past.drivers, "price": filled(np.where(price > 0, price, np.nan))})
    cut = {
        field: {name: values[..., first:].copy() for name, values in columns.items()}
        for field, columns in _planned(past)
    }
    return replace(past, demand=past.demand[:, first:].copy(), last_year=past.last_year[first:].copy(), **_untyped(cut))


def changed(before: Past, after: Past) -> tuple[Flags, Flags]:
    """Of two tails: series for which something is planned in another way, and steps that differ for all series."""
    rows = np.zeros(len(before.series), dtype=np.bool_)
    steps = before.last_year[1:] != after.last_year[1:]
    for (_, old), (_, new) in zip(_planned(before), _planned(after), strict=True):
        for name, values in old.items():
            differs = _differ(values, new[name])
            if values.ndim == 1:
                steps = steps | differs[1:]
            else:
                rows |= differs.any(axis=1)
    return rows, steps


def digest(past: Past) -> bytes:
    """Of all that is planned after the past."""
    told = blake2b(past.last_year[past.length :].tobytes(), digest_size=16)
    for field, columns in _planned(past):
        for name, values in sorted(columns.items()):
            told.update(f"{field}.{name}".encode())
            told.update(np.ascontiguousarray(values[..., past.length :]).tobytes())
    return told.digest()


def replanned(past: Past, **drivers: Floats) -> Past:
    """The past with other drivers, and what the plan of all series then says about each."""
    new = {**past.drivers, **drivers}
    return replace(past, drivers=new, market=market_of(new, past.series, past.bucket) if past.market else {})


def promoted_in(past: Past) -> Floats:
    """1 where a promotion is planned, series × horizons."""
    promotion = past.drivers.get("promotion")
    if promotion is None:
        return np.zeros((len(past.series), past.horizon))
    return np.asarray(np.nan_to_num(promotion[:, past.length :]) > 0, dtype=np.float64)


def _planned(past: Past) -> Iterator[tuple[str, Mapping[str, Floats]]]:
    for one in fields(past):
        if isinstance(columns := getattr(past, one.name), Mapping):
            yield one.name, columns


def _differ(old: Floats, new: Floats) -> Flags:
    return np.asarray((old != new) & ~(np.isnan(old) & np.isnan(new)))


def _untyped(values: dict[str, Any]) -> dict[str, Any]:
    return values
