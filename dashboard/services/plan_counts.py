"""A count of some days ago, carried to the evening of a plan: what was sold since is gone, what came since is there."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of

PAIR = ["node", "sku"]
WEEK = 7


def carried(facts: Facts, lots: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """``lots`` of the last counts with ``on_hand`` and ``reserved`` as of that evening; ``counted``: what was counted.

    What was sold is taken from the lot that expires first, and from what was reserved of it. More cannot be gone than
    there was: then something came that nobody told of. Other movements since the count are not known.

    before: counted on Monday 30 (until 5 May) and 50 (until 9 June), sold by Thursday 40     after: 0 and 40
    """
    lots = lots.assign(counted=lots["on_hand"], since=pd.to_datetime(lots["day"]))
    days = lots.groupby("node")["since"].max()
    old = days[days < pd.Timestamp(as_of)]
    if old.empty:
        return lots.drop(columns="since")
    net = _received(facts, old, as_of).sub(_sold(facts, old, as_of), fill_value=0.0)
    gone = _first_expired_first(lots, net.clip(upper=0.0).abs())
    came = net[net > 0].rename("on_hand").reset_index()
    came = came.assign(lot="", expiry=None, day=came["node"].map(lots.groupby("node")["day"].first()), reserved=0.0)
    left = lots.assign(
        on_hand=lots["on_hand"] - gone, reserved=(lots["reserved"].fillna(0.0) - gone).clip(lower=0.0)
    ).drop(columns="since")  # fmt: skip
    return left if came.empty else pd.concat([left, came.assign(counted=0.0)], ignore_index=True)


def _first_expired_first(lots: pd.DataFrame, gone: pd.Series) -> pd.Series:
    """Units taken from each lot, of what could still be sold when it was counted."""
    expiry = pd.to_datetime(lots["expiry"])
    good = ~(expiry <= lots["since"])
    held = lots["on_hand"].clip(lower=0.0).where(good, 0.0)
    order = lots.assign(held=held, until=expiry).sort_values([*PAIR, "until"], na_position="last", kind="stable")
    before = order.groupby(PAIR)["held"].cumsum() - order["held"]
    wanted = gone.reindex(pd.MultiIndex.from_frame(order[PAIR])).fillna(0.0).to_numpy()
    taken = np.minimum(np.maximum(wanted - before.to_numpy(), 0.0), order["held"].to_numpy())
    return pd.Series(taken, index=order.index).reindex(lots.index)


def _sold(facts: Facts, old: pd.Series, as_of: date) -> pd.Series:
    """Units by node and SKU after each node's count; of a week that a count cut, the days after it."""
    rows = facts.table("demand")
    first = old.min().date() - timedelta(days=WEEK)
    told = frame_of(facts.answer(
        rows.filter((rows.day > first) & (rows.day <= as_of) & rows.node.isin(old.index.tolist()))
        .select("node", "sku", "day", "period", "units"),
        many=True,
    ))  # fmt: skip
    day, length = pd.to_datetime(told["day"]), np.where(told["period"].eq("week"), WEEK, 1)
    since = pd.to_datetime(told["node"].map(old)) + pd.Timedelta(days=1)
    after = day.where(day >= since, since)
    until, evening = day + pd.to_timedelta(length - 1, unit="D"), pd.Timestamp(as_of)
    until = until.where(until <= evening, evening)
    share: pd.Series = ((until - after).dt.days + 1).clip(lower=0) / length
    return told.assign(units=told["units"].astype(float) * share).groupby(PAIR)["units"].sum()


def _received(facts: Facts, old: pd.Series, as_of: date) -> pd.Series:
    rows = facts.table("inbound_line")
    told = frame_of(facts.answer(
        rows.filter((rows.received_on > old.min().date()) & (rows.received_on <= as_of)
                    & rows.node.isin(old.index.tolist()))
        .select("node", "sku", "received_on", "received"),
        many=True,
    ))  # fmt: skip
    later = pd.to_datetime(told["received_on"]) > told["node"].map(old)
    return told.assign(units=told["received"].astype(float).where(later, 0.0)).groupby(PAIR)["units"].sum()
