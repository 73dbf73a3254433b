"""Why a metric changed: what each part contributed, so that parts and residual make exactly the change.

A value that adds up changes by what its parts change by. A ratio changes because parts changed their own rate (rate
effect) or because weight moved between parts (mix effect). Sources: Bennett's additive decomposition (1920), in the
symmetric form of Marshall and Edgeworth, which treats both periods alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

PARTS = ("key", "now", "before", "change", "rate_effect", "mix_effect")


class Fraction(NamedTuple):
    """Both parts of a ratio."""

    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Explained:
    """``now`` and ``before`` of the whole; ``parts`` has the columns of :data:`PARTS`, largest change first.

    ``residual`` is what no part accounts for: members counted in several parts (distinct counts), or in none.
    """

    now: float
    before: float
    parts: pd.DataFrame
    residual: float

    @property
    def change(self) -> float:
        return self.now - self.before


def of_sum(now: pd.Series, before: pd.Series, *, total_now: float, total_before: float) -> Explained:
    """Parts of an additive or distinct count; series are indexed by the part's key.

    >>> one = of_sum(pd.Series({"a": 5.0}), pd.Series({"a": 2.0, "b": 1.0}), total_now=5.0, total_before=3.0)
    >>> one.parts[["key", "change"]].values.tolist(), one.residual
    ([['a', 3.0], ['b', -1.0]], 0.0)
    """
    keys = now.index.union(before.index, sort=False)
    then, today = before.reindex(keys).fillna(0.0).astype(float), now.reindex(keys).fillna(0.0).astype(float)
    change = today - then
    parts = _parts(keys, today, then, change, np.full(len(keys), np.nan), np.full(len(keys), np.nan))
    return Explained(total_now, total_before, parts, (total_now - total_before) - float(change.sum()))


def of_ratio(
    now: pd.DataFrame, before: pd.DataFrame, *, total_now: Fraction, total_before: Fraction
) -> Explained | None:
    """Parts of a ratio; frames are indexed by the part's key with the columns ``top`` and ``bottom``.

    ``now`` and ``before`` of a part are its own rate (NaN without a denominator), ``change`` its contribution to the
    whole. Numerators add up; where denominators do not (an order with two products is an order of both), the residual
    tells of it. None where the whole has no denominator in one of the periods.

    >>> moved = of_ratio(pd.DataFrame({"top": [2.0, 9.0], "bottom": [10.0, 10.0]}, index=["a", "b"]),
    ...                  pd.DataFrame({"top": [4.0, 4.5], "bottom": [20.0, 5.0]}, index=["a", "b"]),
    ...                  total_now=Fraction(11.0, 20.0), total_before=Fraction(8.5, 25.0))
    >>> [round(float(one), 6) for one in (moved.change, *moved.parts[["mix_effect", "rate_effect"]].sum())]
    [0.21, 0.21, 0.0]
    """
    keys = now.index.union(before.index, sort=False)
    today, then = now.reindex(keys).fillna(0.0).astype(float), before.reindex(keys).fillna(0.0).astype(float)
    bottoms = total_now.bottom, total_before.bottom
    if not all(bottoms):
        return None
    whole_now, whole_before = total_now.top / bottoms[0], total_before.top / bottoms[1]
    rate_now, rate_before = _rate(today), _rate(then)
    # A part that was not there before (or is no more) changed no rate: all that it does is weight.
    known_now, known_before = rate_now.fillna(rate_before).fillna(0.0), rate_before.fillna(rate_now).fillna(0.0)
    share_now, share_before = today["bottom"] / bottoms[0], then["bottom"] / bottoms[1]
    rate_effect = (share_now + share_before) / 2 * (known_now - known_before)
    level = (whole_now + whole_before) / 2
    mix_effect = ((known_now + known_before) / 2 - level) * (share_now - share_before)
    # What stands in the numerator although its part has no denominator changes the whole, too.
    loose = _loose(today) / bottoms[0] - _loose(then) / bottoms[1]
    rate_effect = rate_effect + loose
    change = rate_effect + mix_effect
    parts = _parts(keys, rate_now, rate_before, change, rate_effect.to_numpy(), mix_effect.to_numpy())
    return Explained(whole_now, whole_before, parts, (whole_now - whole_before) - float(change.sum()))


def _rate(rows: pd.DataFrame) -> pd.Series:
    return rows["top"] / rows["bottom"].where(rows["bottom"] != 0)


def _loose(rows: pd.DataFrame) -> pd.Series:
    return rows["top"].where(rows["bottom"] == 0, 0.0)


def _parts(
    keys: pd.Index, now: pd.Series, before: pd.Series, change: pd.Series, rate: np.ndarray, mix: np.ndarray
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "key": keys,
            "now": now.to_numpy(),
            "before": before.to_numpy(),
            "change": change.to_numpy(),
            "rate_effect": rate,
            "mix_effect": mix,
        }
    )
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)
