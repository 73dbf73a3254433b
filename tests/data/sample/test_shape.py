"""The demo world has the shape of a real grain-and-oil trade: week, year, festivals, member day, baskets, money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pytest
from lunardate import LunarDate

from data.sample.parameters import CHANNELS
from tests.data.sample.conftest import LAST_DAY

World = Mapping[str, pd.DataFrame]


def _per_day(orders: pd.DataFrame, *channels: str) -> pd.Series[int]:
    return orders[orders["channel"].isin(channels)].groupby("day").size()


def _between(daily: pd.Series[int], first: date, last: date) -> float:
    return float(daily.loc[pd.Timestamp(first) : pd.Timestamp(last)].mean())


def test_shops_are_busiest_at_the_weekend_and_trade_rests_on_sunday(orders: pd.DataFrame) -> None:
    shops = _per_day(orders, "STORE").groupby(lambda day: day.weekday()).mean()
    assert shops[[5, 6]].min() > 1.1 * shops[[0, 1, 2, 3]].max()
    trade = orders[orders["channel"] == "WHOLE"].groupby(orders["day"].dt.weekday).size()
    assert trade[6] < 0.5 * trade[[0, 1, 2, 3, 4]].min()


@pytest.mark.parametrize(("month", "day", "lift"), [(1, 1, 1.35), (8, 15, 1.1)])
def test_shops_peak_before_a_festival(orders: pd.DataFrame, month: int, day: int, lift: float) -> None:
    festival = LunarDate(2026, month, day).to_solar_date()
    daily = _per_day(orders, "STORE", "GROUP")
    peak = _between(daily, festival - timedelta(days=7), festival - timedelta(days=1))
    month_before = _between(daily, festival - timedelta(days=56), festival - timedelta(days=29))
    assert peak > lift * month_before


def test_the_spring_festival_itself_is_quiet(orders: pd.DataFrame) -> None:
    eve = LunarDate(2026, 1, 1).to_solar_date()
    daily = _per_day(orders, "STORE")
    assert _between(daily, eve, eve + timedelta(days=5)) < 0.7 * _between(
        daily, eve - timedelta(days=7), eve - timedelta(days=1)
    )


@pytest.mark.parametrize("day", [date(2026, 6, 18), date(2025, 11, 11), date(2026, 11, 11)])
def test_marketplaces_jump_on_shopping_festivals_and_dip_after(orders: pd.DataFrame, day: date) -> None:
    markets, shops = _per_day(orders, "MKT1", "MKT2"), _per_day(orders, "STORE")
    usual = _between(markets, day - timedelta(days=60), day - timedelta(days=20))
    assert markets[pd.Timestamp(day)] > 2 * usual
    assert _between(markets, day + timedelta(days=1), day + timedelta(days=6)) < usual
    if day.day != 18:  # member day fills the shops as well
        assert shops[pd.Timestamp(day)] < 1.5 * _between(shops, day - timedelta(days=60), day - timedelta(days=20))


@pytest.mark.parametrize(("channel", "least", "most"), [("MINI", 1.4, 2.1), ("STORE", 1.2, 1.7), ("MKT1", 0.8, 1.2)])
def test_member_day_lifts_the_channels_that_keep_it(
    orders: pd.DataFrame, channel: str, least: float, most: float
) -> None:
    daily = _per_day(orders, channel)
    days = pd.DatetimeIndex(daily.index)
    ordinary = ~days.month.isin([6, 11])
    near = ordinary & days.day.isin([15, 16, 17, 19, 20, 21])
    lift = daily[ordinary & (days.day == 18)].mean() / daily[near].mean()
    assert least < lift < most


def test_household_baskets_lie_between_50_and_150_yuan(orders: pd.DataFrame) -> None:
    households = orders[orders["channel"] != "WHOLE"]["amount"]
    low, middle, high = households.quantile([0.25, 0.5, 0.75])
    assert 50 <= low < middle < high <= 150


def test_mung_beans_sell_in_summer(world: World) -> None:
    beans = world["product"].loc[world["product"]["name"].str.contains("绿豆"), "sku"]
    lines = world["order_line"]
    share = lines["sku"].isin(beans).groupby([lines["day"].dt.year, lines["day"].dt.month]).mean()
    assert share[2026, 7] > 1.7 * share[2026, 1]


def test_the_margin_is_positive_and_thin(world: World) -> None:
    lines = world["order_line"].sort_values("day")
    costs = world["product_cost"].assign(cost=world["product_cost"]["cost"].astype(float))
    costs["day"] = pd.to_datetime(costs["valid_from"]).astype(lines["day"].dtype)
    priced = pd.merge_asof(lines, costs[["sku", "day", "cost"]].sort_values("day"), on="day", by="sku")
    assert priced["cost"].notna().all()
    rate = 1 - (priced["cost"] * priced["quantity"]).sum() / priced["amount"].sum()
    assert 0.10 < rate < 0.30


def test_areas_grow_at_different_speeds(world: World) -> None:
    lines = world["order_line"].merge(
        world["partner"][["partner", "region"]], left_on="entry_partner", right_on="partner"
    )
    last = pd.Timestamp(LAST_DAY)
    now = lines[lines["day"] > last - pd.Timedelta(days=180)].groupby(lines["region"].str[:4])["amount"].sum()
    year = pd.Timedelta(days=365)
    then = lines[(lines["day"] > last - year - pd.Timedelta(days=180)) & (lines["day"] <= last - year)]
    growth = now / then.groupby(then["region"].str[:4])["amount"].sum() - 1
    assert len(growth) == 20
    assert growth.max() - growth.min() > 0.15


def test_cities_differ_in_their_channel_mix(world: World) -> None:
    partners = world["partner"].set_index("partner")["region"].str[:4]
    lines = world["order_line"]
    city = lines["entry_partner"].map(partners).fillna(lines["ship_to_region"].str[:4])
    share = (lines["channel"] == "GROUP").groupby(city).mean()
    assert len(share) == 20
    assert share.max() > 1.5 * share.min()


def test_outlets_differ_in_size(world: World) -> None:
    lines = world["order_line"]
    stores = lines[lines["channel"] == "STORE"].groupby("entry_partner")["amount"].sum().sort_values()
    assert stores.tail(40).sum() > 2.5 * stores.head(40).sum()


def test_every_channel_sells_and_identifies_buyers_in_its_way(orders: pd.DataFrame) -> None:
    known = orders["account"].notna().groupby(orders["channel"]).mean()
    assert set(known.index) == {channel.code for channel in CHANNELS}
    assert 0.45 < known["STORE"] < 0.65
    assert 0.6 < known["MKT1"] < 0.9
    assert known["MINI"] > 0.9
    assert known["WHOLE"] == 0


def test_channels_have_their_share(orders: pd.DataFrame) -> None:
    share = orders["channel"].value_counts(normalize=True)
    assert 0.35 < share["STORE"] < 0.5
    assert 0.10 < share["GROUP"] < 0.20
    assert 0.25 < share[["MKT1", "MKT2", "MINI", "LIVE", "O2O"]].sum() < 0.45


def test_a_part_is_refunded_or_cancelled(world: World) -> None:
    lines = world["order_line"]
    assert 0.01 < len(world["refund_line"]) / len(lines) < 0.02
    assert 0.003 < lines["cancelled_at"].notna().mean() < 0.03
    assert 0 < lines["paid_at"].isna().mean() < 0.006
    assert set(lines.loc[lines["paid_at"].isna(), "cancel_reason"].dropna()) == {"payment"}
    assert (lines["cancel_reason"] == "no_stock").mean() < 0.01
