"""Stock of a plan's positions as of a day: what was counted, what is on its way, what proposals bring and take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.decisions.proposal import Kind
from analytics.decisions.receipts import Key, answered, outstanding
from analytics.replenishment.order_days import REVIEW_DAYS
from analytics.replenishment.positions import Dated, Stock, dated
from analytics.replenishment.reasons import Bits, Reason, marked
from dashboard.services.plan_frames import StockFrames
from dashboard.services.receiving import awaited_of, deliveries_of
from data.store.proposals import Coming

KEY = ["node", "sku"]


@dataclass(frozen=True, slots=True)
class StockFound:
    """``counted_on``: day of the count by position, None where there is none; ``since``: units that came after it until
    the day of the plan, or were sold (less than 0). ``spoken_for``: by (source, sku), units that proposals take from
    there.
    """

    stock: Stock
    reasons: Bits
    counted_on: pd.Series
    since: np.ndarray
    spoken_for: pd.Series


def stock_of(frames: StockFrames, rows: pd.DataFrame, coming: Sequence[Coming], kept: Mapping[Key, str]) -> StockFound:
    """``rows``: node and sku per position. ``kept``: which deliveries are known to answer which proposals."""
    index = pd.MultiIndex.from_frame(rows[KEY])
    lots, moved = _lots(frames), frames.moved.set_index(KEY)
    sums = lots.groupby(KEY)[["held", "expired", "booked", "missing", "since"]].sum().reindex(index).fillna(0.0)
    days = frames.lots.groupby("node")["day"].first()
    counted_on = pd.Series(rows["node"].map(days).to_numpy(), dtype=object)
    balance = moved["balance"].reindex(index).to_numpy(dtype=float)
    by_moves = counted_on.isna().to_numpy() & np.isfinite(balance)
    counted_on = counted_on.where(~by_moves, pd.Series(moved["day"].reindex(index).to_numpy(), dtype=object))
    told = frames.available.set_index(KEY)["in_stock"].reindex(index)
    counted = counted_on.notna().to_numpy()
    inbound, overdue = _inbound(frames, index)
    bringing, taking = _proposed(frames, coming, kept)
    stock = Stock(
        on_hand=np.where(by_moves, balance, sums["held"].to_numpy()),
        expired=sums["expired"].to_numpy(),
        reserved=sums["booked"].to_numpy(),
        outgoing=_sums(taking[taking["kind"] == Kind.TRANSFER.value], index),
        counted=counted,
        empty=~counted & told.eq(False).to_numpy(),
        lots=_dated(lots[lots["left"] > 0], index, "left"),
        inbound=inbound,
        coming=_dated(bringing, index, "units"),
    )
    reasons = (
        marked(Reason.STOCK_NEGATIVE, sums["missing"].to_numpy() > 0)
        | marked(Reason.STOCK_UNKNOWN, ~counted)
        | marked(Reason.STOCK_OLD, _age(counted_on, frames.as_of) >= REVIEW_DAYS)
        | marked(Reason.INBOUND_OVERDUE, np.isin(np.arange(len(rows)), overdue))
    )
    return StockFound(stock, reasons, counted_on, sums["since"].to_numpy(), taking.groupby(KEY)["units"].sum())


def _lots(frames: StockFrames) -> pd.DataFrame:
    """``held``: counted, a negative lot as nothing; ``missing``: how far below zero; ``left``: good and not booked."""
    lots, as_of = frames.lots, frames.as_of
    held = lots["on_hand"].clip(lower=0.0)
    expiry = pd.to_datetime(lots["expiry"])
    over = expiry.notna() & (expiry <= pd.Timestamp(as_of))
    booked = lots["reserved"].fillna(0.0).clip(lower=0.0)
    good = expiry.notna() & ~over
    return lots.assign(
        held=held,
        since=held - lots["counted"].clip(lower=0.0),
        missing=(-lots["on_hand"]).clip(lower=0.0),
        expired=held.where(over, 0.0),
        booked=booked,
        left=(held - np.minimum(booked, held)).where(good, 0.0),
        after=(expiry - pd.Timestamp(as_of)).dt.days.fillna(0).astype(int),
    )


def _inbound(frames: StockFrames, index: pd.MultiIndex) -> tuple[Dated, np.ndarray]:
    """Open deliveries by day of arrival, and the positions that wait for one by more than a review.

    What should have come is expected the next day; what was never promised, a review after it was ordered.
    """
    rows = frames.inbound[frames.inbound["open"] > 0]
    promised = pd.to_datetime(rows["promised"])
    expected = promised.fillna(pd.to_datetime(rows["ordered"]) + pd.Timedelta(days=REVIEW_DAYS))
    after = (expected - pd.Timestamp(frames.as_of)).dt.days
    late = rows[after <= -REVIEW_DAYS]
    rows = rows.assign(after=after.clip(lower=_next(frames)).astype(int))
    return _dated(rows, index, "open"), index.get_indexer(pd.MultiIndex.from_frame(late[KEY]))


def _proposed(
    frames: StockFrames, coming: Sequence[Coming], kept: Mapping[Key, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What proposals bring to (node, sku), and what they take from (source, sku).

    Of a released one the part for which a delivery stands in the data already is not counted beside that.
    """
    found = answered(awaited_of(coming), deliveries_of(frames.inbound), kept)
    units = [float(outstanding(one.quantity, found.get(one.id, ()))) for one in coming]
    after = [max((one.expected_receipt - frames.as_of).days, _next(frames)) for one in coming]
    every = pd.DataFrame({
        "node": [one.node for one in coming], "sku": [one.sku for one in coming],
        "source": [one.source for one in coming], "kind": [one.kind.value for one in coming],
        "units": np.array(units, dtype=float), "after": np.array(after, dtype=int),
    })  # fmt: skip
    told = every[every["units"] > 0].reset_index(drop=True)
    return told, told.drop(columns="node").rename(columns={"source": "node"})


def _next(frames: StockFrames) -> int:
    """Days after the plan's until something can arrive."""
    return (frames.first - frames.as_of).days


def _dated(rows: pd.DataFrame, index: pd.MultiIndex, units: str) -> Dated:
    at = index.get_indexer(pd.MultiIndex.from_frame(rows[KEY]))
    known = at >= 0
    return dated(at[known], rows["after"].to_numpy()[known], rows[units].to_numpy(dtype=float)[known])


def _sums(rows: pd.DataFrame, index: pd.MultiIndex) -> np.ndarray:
    return np.asarray(rows.groupby(KEY)["units"].sum().reindex(index).fillna(0.0), dtype=np.float64)


def _age(days: pd.Series, as_of: date) -> np.ndarray:
    found = (pd.Timestamp(as_of) - pd.to_datetime(days)).dt.days
    return np.asarray(found.fillna(-1).to_numpy())
