"""What is planned after a past: cut out, told from another plan, and named by its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.market import market_of
from analytics.forecasting.numbers import differing, filled
from analytics.forecasting.outside import foreseen, seen_now
from analytics.forecasting.panel import Past


def tail(past: Past) -> Past:
    """The plan alone, after the last known period; prices as they stood by then. Holds nothing of the past."""
    first = past.length - 1
    price = past.drivers.get("price")
    if price is not None:
        past = replace(past, drivers={**past.drivers, "price": filled(np.where(price > 0, price, np.nan))})
    return replace(
        past,
        demand=past.demand[:, first:].copy(),
        drivers={name: values[:, first:].copy() for name, values in past.drivers.items()},
        calendar={name: values[first:].copy() for name, values in past.calendar.items()},
        last_year=past.last_year[first:].copy(),
        market={name: values[:, first:].copy() for name, values in past.market.items()},
        outside={name: told.at(first) for name, told in past.outside.items()},
    )


def changed(before: Past, after: Past) -> tuple[Flags, Flags]:
    """Of two tails: series for which something is planned in another way, and steps that differ for all series."""
    rows = np.zeros(len(before.series), dtype=np.bool_)
    steps = before.last_year[1:] != after.last_year[1:]
    for name, values in before.calendar.items():
        steps = steps | differing(values, after.calendar[name])[1:]
    for old, new in zip(_by_series(before), _by_series(after), strict=True):
        rows |= differing(old, new).reshape(len(rows), -1).any(axis=1)
    return rows, steps


def outside_alone(before: Past, after: Past) -> bool:
    """Of two tails: whether they differ in nothing but the world outside."""
    rows, steps = changed(before, replace(after, outside=before.outside))
    return not (rows.any() or steps.any())


def digest(past: Past) -> bytes:
    """Of all that is planned after the past."""
    told = blake2b(past.last_year[past.length :].tobytes(), digest_size=16)
    for name, column in sorted(past.calendar.items()):
        told.update(name.encode() + column[past.length :].tobytes())
    for values in _by_series(past):
        told.update(np.ascontiguousarray(values).tobytes())
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


def _by_series(past: Past) -> Iterator[np.ndarray]:
    """Whatever is told series by series about the periods ahead."""
    for _, driver in sorted(past.drivers.items()):
        yield driver[:, past.length :]
    for _, column in sorted(past.market.items()):
        yield column[:, past.length :]
    yield from seen_now(past.outside, past.length - 1)
    for step in range(past.horizon):
        yield from foreseen(past.outside, past.length - 1, step)
