"""The demo world looks right to a person of the trade: shelves, lots, prices, buyers' rhythm, calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from lunardate import LunarDate

from data.sample.rhythm import day_kind
from tests.data.sample.conftest import LAST_DAY, Answered, Tables

CATEGORIES = {"大米", "食用油", "面粉", "面条", "杂粮"}


@pytest.fixture(scope="module")
def stock(world: Tables) -> pd.DataFrame:
    """Units on hand by node × SKU × day from the snapshots, with the kind of the node."""
    lots = world["stock_lot"]
    lots = lots.assign(day=lots["as_of"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None))
    lots["life"] = (pd.to_datetime(lots["expiry"]) - lots["day"]).dt.days
    lots["kind"] = lots["node"].map(world["node"].set_index("node")["kind"])
    return lots


def test_every_category_sells_every_week_and_rice_and_oil_most(world: Tables) -> None:
    lines = world["order_line"]
    category = lines["sku"].map(world["product"].set_index("sku")["category"])
    weekly = lines.groupby([pd.Grouper(key="day", freq="W"), category])["amount"].sum().unstack()
    assert set(weekly.columns) == CATEGORIES
    assert (weekly > 0).all(axis=None)
    share = weekly.sum() / weekly.sum().sum()
    assert share[["大米", "食用油"]].sum() > 0.55
    assert share.min() > 0.02


def test_dumpling_flour_and_gift_grains_peak_before_spring_festival(world: Tables) -> None:
    festival = pd.Timestamp(LunarDate(2026, 1, 1).to_solar_date())
    names = world["product"].set_index("sku")["name"]
    lines = world["order_line"]
    named = lines[lines["sku"].map(names).str.contains("饺子粉|糯米")]
    weekly = named.set_index("day")["quantity"].resample("W").sum()
    before = weekly[festival - pd.Timedelta(days=16) : festival - pd.Timedelta(days=2)].mean()
    assert before > 1.8 * weekly[festival + pd.Timedelta(days=60) : festival + pd.Timedelta(days=150)].mean()


@pytest.mark.parametrize("kind", ["store", "dealer", "regional"])
def test_two_to_eight_of_a_hundred_listed_products_are_out(world: Tables, stock: pd.DataFrame, kind: str) -> None:
    """On the evenings with a snapshot, against what should be there."""
    listed = world["listing"].assign(kind=world["listing"]["node"].map(world["node"].set_index("node")["kind"]))
    listed = listed[(listed["kind"] == kind) & ~listed["node"].str.startswith("NM")]
    out = total = 0
    for day in stock["day"].unique():
        now = listed[pd.to_datetime(listed["valid_from"]) <= day]
        last = pd.to_datetime(now["valid_to"])
        now = now[last.isna() | (last >= day)]
        good = stock[(stock["day"] == day) & (stock["on_hand"] > 0) & (stock["life"] > 0)]
        out += len(now) - len(now.merge(good[["node", "sku"]].drop_duplicates()))
        total += len(now)
    assert 0.02 < out / total < 0.08


def test_stock_covers_weeks_not_months(world: Tables, stock: pd.DataFrame) -> None:
    sold = world["order_line"].groupby("node")["quantity"].sum() / 549
    held = stock[stock["kind"] == "store"].groupby(["node", "day"])["on_hand"].sum().groupby("node").mean()
    cover = (held / sold).dropna()
    assert 12 < cover.median() < 50


def test_little_is_near_expiry_and_less_expired(stock: pd.DataFrame) -> None:
    partners = stock[stock["kind"].isin(["store", "dealer"])]
    near = partners.loc[partners["life"] < 60, "on_hand"].sum() / partners["on_hand"].sum()
    expired = partners.loc[partners["life"] <= 0, "on_hand"].sum() / partners["on_hand"].sum()
    assert 0.005 < near < 0.08
    assert expired < 0.01
    assert (partners["life"] <= 0).any()


def test_the_oldest_lot_goes_first_most_of_the_time(answered: Answered) -> None:
    """A sale from a newer lot while an older one is there happens, but seldom."""
    moves = answered.rows["stock_move"]
    sales = moves[moves["kind"] == "sale"]
    ranks = sales.groupby(["node", "sku", sales["moved_at"].dt.date])["lot"].agg(["min", "max"])
    assert (ranks["min"] != ranks["max"]).mean() < 0.1
    backwards = (
        sales.sort_values("moved_at")
        .groupby(["node", "sku"])["lot"]
        .apply(lambda lots: (lots.str[-3:].astype(int).diff() < 0).sum())
    )
    assert 0 < backwards.sum() < 0.2 * len(sales)


def test_deliveries_take_their_time_and_differ(world: Tables) -> None:
    came = world["inbound"].dropna(subset=["received_at"])
    days = (came["received_at"] - came["ordered_at"]).dt.total_seconds() / 86_400
    kind = came["node"].map(world["node"].set_index("node")["kind"])
    mean = days.groupby(kind).mean()
    assert 1 < mean["store"] < mean["dealer"] < 6
    assert (days.groupby(kind).std() > 0.5).all()
    late = came["received_at"] > came["promised_at"]
    assert 0.1 < late.mean() < 0.5
    short = came.groupby("inbound_id")[["quantity", "received"]].sum()
    assert 0.005 < (short["received"] < short["quantity"]).mean() < 0.3


def test_prices_spread_around_the_policy(world: Tables) -> None:
    """Shops keep within five of a hundred but for promotions and cheats; some break out on both sides."""
    seen = world["price_observation"]
    listed = seen[(seen["channel"] == "STORE") & (seen["price_type"] == "list")]
    policy = world["price_policy"].sort_values("valid_from")
    policy = policy.assign(day=pd.to_datetime(policy["valid_from"]))
    day = listed["observed_at"].dt.tz_convert("Asia/Shanghai").dt.normalize().dt.tz_localize(None)
    listed = listed.assign(day=day.astype(policy["day"].dtype)).sort_values("day")
    both = pd.merge_asof(listed, policy[["sku", "day", "base_price"]], on="day", by="sku")
    ratio = both["price"] / both["base_price"]
    assert 0.95 < ratio.between(0.95, 1.05).mean() < 0.9999
    assert ratio.min() < 0.93
    assert ratio.max() > 1.06


def test_households_come_back_in_the_rhythm_of_their_packs(world: Tables) -> None:
    """The more somebody carried home, the longer it lasts."""
    lines = world["order_line"][world["order_line"]["account"].notna()]
    weight = lines["quantity"] * lines["sku"].map(world["product"].set_index("sku")["kg"])
    visits = lines.assign(kg=weight).groupby(["account", "order_id"]).agg(day=("day", "first"), kg=("kg", "sum"))
    visits = visits.reset_index().sort_values(["account", "day"])
    gap = -visits.groupby("account")["day"].diff(-1).dt.days
    bought = pd.cut(visits["kg"], [0, 3, 8, 20, 60])
    median = gap.groupby(bought, observed=True).median()
    assert median.is_monotonic_increasing
    assert median.iloc[-1] > 1.6 * median.iloc[0]
    assert 10 < gap.median() < 40


def test_members_share_phones_and_addresses(world: Tables, answered: Answered) -> None:
    told = world["identifier"]
    phones = told[told["kind"] == "phone"].groupby("value")["account"].nunique()
    assert 0.05 < (phones > 1).mean() < 0.4
    assert phones.max() >= 20  # a clerk who types one number for everybody
    person = answered.answers["account"].set_index("account")
    rows = answered.rows["identifier"]
    shared = rows[rows["kind"] == "phone"].assign(person=lambda frame: frame["account"].map(person["person"]))
    assert (shared.groupby("value")["person"].nunique() > 1).any()
    assert (shared.groupby("person")["value"].nunique() <= 2).all()


def test_dealers_differ_in_how_they_serve(answered: Answered, world: Tables) -> None:
    quality = answered.answers["partner"].set_index("partner")["quality"]
    checks = answered.rows["partner_event"]
    checks = checks[checks["kind"] == "display_check"].assign(
        quality=checks["partner"].map(quality), passed=checks["passed"].astype(float)
    )
    assert np.corrcoef(checks["quality"], checks["passed"])[0, 1] > 0.3
    bills = world["receivable"].dropna(subset=["settled"])
    days = (pd.to_datetime(bills["settled"]) - pd.to_datetime(bills["issued"])).dt.days.groupby(bills["partner"]).mean()
    assert days.max() > days.min() + 8


def test_rain_keeps_people_from_the_shops_and_sends_them_online(world: Tables) -> None:
    sky = world["weather"]
    sky = sky[sky["day"] == sky["issued"]].assign(day=lambda frame: pd.to_datetime(frame["day"]))
    wet = sky[sky["rain_mm"] > 20].assign(city=lambda frame: frame["region"].str[:4])[["city", "day"]]
    region = world["node"].set_index("node")["region"].str[:4]
    lines = world["order_line"]
    lines = lines.assign(city=lines["node"].map(region))
    lines = lines[lines["channel"].isin(["STORE", "O2O"])]
    per_day = lines.groupby(["channel", "city", "day"])["order_id"].nunique().rename("orders").reset_index()
    per_day["usual"] = per_day.groupby(["channel", "city"])["orders"].transform("mean")
    rained = per_day.merge(wet.assign(day=wet["day"].astype(per_day["day"].dtype)))
    effect = (rained["orders"] / rained["usual"]).groupby(rained["channel"]).mean()
    assert effect["STORE"] < 0.97
    assert effect["O2O"] > 1.1


def test_swapped_working_days_are_known() -> None:
    assert day_kind(date(2026, 2, 14)) == "swapped"
    assert day_kind(date(2026, 10, 1)) == "holiday"
    assert day_kind(date(2026, 3, 14)) == "usual"
    assert day_kind(date(2090, 10, 1)) == "usual"
    assert date(2026, 11, 21) == LAST_DAY
