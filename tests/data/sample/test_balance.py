"""Every unit is accounted for: stock, receipts, sales, returns and scrap add up by lot on every day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sample.world import write_sample
from tests.data.sample.conftest import Answered, Folder, Tables

CHINA = "Asia/Shanghai"
LOT = ["node", "sku", "lot"]


def _day(times: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    days: pd.Series[pd.Timestamp] = times.dt.tz_convert(CHINA).dt.normalize().dt.tz_localize(None)
    return days


def _check_books(rows: Tables) -> None:
    """Opening stock plus movements is the closing stock of each later snapshot, and never below zero in between."""
    lots, moves = rows["stock_lot"], rows["stock_move"]
    lots = lots.assign(day=_day(lots["as_of"]))
    moves = moves.assign(day=_day(moves["moved_at"]))
    days = sorted(lots["day"].unique())
    opening = lots[lots["day"] == days[0]].set_index(LOT)["on_hand"]
    assert (moves["day"] > days[0]).all()
    for day in days[1:]:
        booked = moves[moves["day"] <= day].groupby(LOT)["quantity"].sum()
        expected = opening.add(booked, fill_value=0).round(6)
        found = lots[lots["day"] == day].set_index(LOT)["on_hand"]
        pd.testing.assert_series_equal(
            expected[expected != 0].sort_index(), found.sort_index(), check_names=False, check_index_type=False
        )
    daily = moves.groupby([*LOT, "day"])["quantity"].sum().groupby(LOT).cumsum().reset_index()
    daily["on_hand"] = daily["quantity"] + daily.set_index(LOT).index.map(opening.to_dict()).fillna(0).to_numpy()
    assert (daily["on_hand"] > -1e-6).all()


def _check_transfers(rows: Tables) -> None:
    """What left one node under a document arrived at another under the same one, or is still on its way."""
    moves, inbound = rows["stock_move"], rows["inbound"]
    arrived = moves[(moves["kind"] == "receipt") & moves["document"].notna()]
    received = inbound[inbound["received_at"].notna()]
    booked = arrived.groupby(["document", "node", "sku", "lot"])["quantity"].sum()
    told = received.groupby(["inbound_id", "node", "sku", "lot"])["received"].sum()
    assert booked.sort_index().tolist() == told.sort_index().tolist()
    left = moves[moves["kind"] == "transfer"].groupby(["document", "sku", "lot"])["quantity"].sum()
    both = arrived.groupby(["document", "sku", "lot"])["quantity"].sum()
    common = left.index.intersection(both.index)
    assert len(common) > 0.9 * len(both)
    assert (left[common] + both[common] == 0).all()
    still = inbound[inbound["received_at"].isna()]
    assert len(still)
    assert not still["closed"].any()


def _check_sales(rows: Tables) -> None:
    """What the tills handed over is what left the shelves, unit by unit; goods that came back went on them again."""
    lines, moves = rows["order_line"], rows["stock_move"]
    handed = lines[lines["cancelled_at"].isna() & lines["paid_at"].notna()]
    sold = handed.groupby(["node", "sku", "day"])["quantity"].sum()
    gone = moves[moves["kind"] == "sale"].assign(day=_day(moves["moved_at"]))
    booked = -gone.groupby(["node", "sku", "day"])["quantity"].sum()
    pd.testing.assert_series_equal(sold.sort_index(), booked.sort_index(), check_names=False)
    back = rows["refund_line"].merge(lines[["order_id", "line_no", "node"]], left_on=["order_id", "order_line_no"],
                                     right_on=["order_id", "line_no"])  # fmt: skip
    refunded = back[back["quantity"] > 0].assign(day=_day(back["refunded_at"]))
    since = lines["day"].min() + pd.Timedelta(days=14)
    refunded = refunded[refunded["day"] >= since].groupby(["node", "sku", "day"])["quantity"].sum()
    returned = moves[moves["kind"] == "return"].assign(day=_day(moves["moved_at"]))
    returned = returned[returned["day"] >= since].groupby(["node", "sku", "day"])["quantity"].sum()
    pd.testing.assert_series_equal(refunded.sort_index(), returned.sort_index(), check_names=False)


@pytest.mark.slow
@settings(max_examples=2)
@given(seed=st.integers(0, 10_000), day=st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_the_books_balance_whatever_the_seed(tmp_path_factory: pytest.TempPathFactory, seed: int, day: date) -> None:
    folder: Path = tmp_path_factory.mktemp("books")
    write_sample(folder, seed=seed, last_day=day, size="tiny")
    rows = Folder(folder)
    _check_books(rows)
    _check_transfers(rows)
    _check_sales(rows)


def test_shipments_come_from_the_lots_that_left(answered: Answered) -> None:
    rows = answered.rows
    shipped = rows["shipment_line"].merge(
        rows["order_line"],
        left_on=["order_id", "order_line_no"],
        right_on=["order_id", "line_no"],
        suffixes=("", "_sold"),
    )
    by_line = shipped.groupby(["order_id", "order_line_no"]).agg(
        sent=("quantity", "sum"), sold=("quantity_sold", "first")
    )
    assert (by_line["sent"].astype(float) == by_line["sold"]).all()
    lots = rows["stock_move"].loc[rows["stock_move"]["kind"] == "sale", LOT].drop_duplicates()
    assert len(shipped[LOT].drop_duplicates().merge(lots)) == len(shipped[LOT].drop_duplicates())
    assert (shipped["shipped_at"] > shipped["paid_at"]).all()
    assert (shipped["delivered_at"].isna() | (shipped["delivered_at"] > shipped["shipped_at"])).all()
