"""From scoped marts to panels: demand, stock-outs, listings, lanes and plans of every series, per day or per week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.core.errors import DomainError, MissingData
from analytics.forecasting.calendar import calendar_of, last_year_of
from analytics.forecasting.contract import Bucket, Ints
from analytics.forecasting.panel import DAY_NS, Daily, Panel, Plan, panel_of
from dashboard.services.desk import Facts
from dashboard.services.forecast_outside import World, outside_of, world_of
from dashboard.services.forecast_plans import drivers_of
from dashboard.services.frames import frame_of

LONGEST = {Bucket.DAY: 400, Bucket.WEEK: 156}
"""Periods of history that are read: thirteen months of days, three years of weeks."""

REVIEW_DAYS = 7
"""Without a lane, or without order days on it, orders are reviewed weekly."""

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Frames:
    """Everything a run reads, over all series. ``series``: owner, series, node, node_name, sku, name, category, region,
    lead_days, review_days.
    """

    series: pd.DataFrame
    demand: pd.DataFrame
    stock_out: pd.DataFrame
    listed: pd.DataFrame
    promotions: pd.DataFrame
    prices: pd.DataFrame
    first: date
    last: date
    world: World

    def bucket_of(self, rows: pd.DataFrame) -> pd.Series:
        """Weekly where orders are reviewed once a week or less often, or where sell-out is only known by the week."""
        by_week = self.demand.loc[self.demand["period"] == "week", "series"].unique()
        weekly = (rows["review_days"] >= REVIEW_DAYS) | rows["series"].isin(by_week)
        return weekly.map({True: Bucket.WEEK.value, False: Bucket.DAY.value})


def frames_of(facts: Facts) -> Frames:
    """Read the marts; raises MissingData when nothing was ever sold."""
    demand = _keyed(_read(facts, "demand"))
    if demand.empty:
        raise MissingData("forecast_no_demand", tables="order_line, sell_out_agg")
    listed = _keyed(_read(facts, "listed"))
    keys = pd.concat([demand[["node", "sku"]], listed[["node", "sku"]]]).drop_duplicates()
    nodes = _read(facts, "stock_node").rename(columns={"name": "node_name"})
    products = _read(facts, "product")[["sku", "name", "category", "discontinued"]]
    series = keys.merge(nodes[["owner", "node", "node_name", "region"]], on="node").merge(products, "left", on="sku")
    series = _keyed(series.assign(name=series["name"].fillna(series["sku"]))).sort_values("series", ignore_index=True)
    days = pd.to_datetime(demand["day"])
    weekly = demand["period"].eq("week")
    last = (days + pd.to_timedelta(np.where(weekly, 6, 0), unit="D")).max().date()
    return Frames(
        series=_with_lanes(series, _read(facts, "supply_lane")),
        demand=demand,
        stock_out=_keyed(_read(facts, "stock_out")),
        listed=listed,
        promotions=_read(facts, "promotion_plan"),
        prices=_read(facts, "price_plan"),
        first=days.min().date(),
        last=last,
        world=world_of(facts),
    )


def _read(facts: Facts, name: str) -> pd.DataFrame:
    return frame_of(facts.answer(facts.table(name), many=True))


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(series=rows["node"].astype(str) + SEPARATOR + rows["sku"].astype(str))


def _with_lanes(series: pd.DataFrame, lanes: pd.DataFrame) -> pd.DataFrame:
    """Shortest lead time and most frequent review of the lanes that reach the node with the SKU."""
    lanes = lanes.assign(review_days=lanes["review_weekdays"].map(review_days_of).astype(float))
    best = {"lead_days": "min", "review_days": "min"}
    own = lanes[lanes["sku"].notna()].groupby(["node", "sku"], as_index=False).agg(best)
    any_sku = lanes[lanes["sku"].isna()].groupby("node", as_index=False).agg(best)
    found = series.merge(own, "left", on=["node", "sku"]).merge(any_sku, "left", on="node", suffixes=("", "_node"))
    lead = found["lead_days"].fillna(found["lead_days_node"])
    review = found["review_days"].fillna(found["review_days_node"]).fillna(float(REVIEW_DAYS))
    return found.assign(lead_days=lead, review_days=review).drop(columns=["lead_days_node", "review_days_node"])


def review_days_of(weekdays: str | None) -> float:
    """Days between two order days at the longest: ``1,4`` is 4 (Thursday to Monday); 7 where nothing is said.

    >>> review_days_of("1,4"), review_days_of("2"), review_days_of(None)
    (4.0, 7.0, 7.0)
    """
    said = "" if weekdays is None or weekdays != weekdays else str(weekdays)
    days = sorted({int(part) for part in said.replace(" ", "").split(",") if part.isdigit() and 1 <= int(part) <= 7})
    if not days:
        return float(REVIEW_DAYS)
    gaps = [later - earlier for earlier, later in zip(days, [*days[1:], days[0] + 7], strict=True)]
    return float(max(gaps))


def checked_as_of(frames: Frames, as_of: date | None) -> date:
    """The last day that may be seen; raises DomainError for one before the data or after their end."""
    if as_of is None:
        return frames.last
    if as_of > frames.last:
        raise DomainError("forecast_as_of_future", as_of=as_of.isoformat(), last=frames.last.isoformat())
    if as_of < frames.first:
        raise DomainError("forecast_as_of_before", as_of=as_of.isoformat(), first=frames.first.isoformat())
    return as_of


def panels_of(frames: Frames, as_of: date, horizon_days: int) -> Iterator[Panel]:
    """A panel of the daily series and one of the weekly ones, as far as there are any."""
    buckets = frames.bucket_of(frames.series)
    for bucket in Bucket:
        rows = frames.series[buckets == bucket.value].reset_index(drop=True)
        if len(rows):
            yield _panel(frames, rows, bucket, as_of, horizon_days)


def _panel(frames: Frames, rows: pd.DataFrame, bucket: Bucket, as_of: date, horizon_days: int) -> Panel:
    periods, past = periods_of(frames.first, as_of, horizon_days, bucket)
    end = periods[past - 1] + np.timedelta64(bucket.days, "D")
    sales = _sales(frames, rows, bucket, end)
    plan = Plan(
        drivers=drivers_of(rows, frames.promotions, frames.prices, periods, bucket),
        calendar=calendar_of(periods, bucket),
        last_year=last_year_of(periods, bucket),
    )
    spans = _spans(frames, rows, periods[0], end)
    panel = panel_of(
        sales, rows, spans, periods=periods, horizon=len(periods) - past, bucket=bucket, plan=plan
    )  # fmt: skip
    told = outside_of(frames.world, panel.series, periods=panel.periods, length=past, bucket=bucket)
    panel = replace(panel, outside=told)
    return replace(panel, daily=_daily(frames, panel, end)) if bucket is Bucket.WEEK else panel


def _daily(frames: Frames, panel: Panel, end: np.datetime64) -> Daily | None:
    """Days of the weekly series that were out of stock at some time, as far as their sales are told by the day."""
    by_week = frames.demand.loc[frames.demand["period"] == "week", "series"].unique()
    some = panel.censored.any(axis=1) & ~panel.series["series"].isin(by_week).to_numpy()
    if not some.any():
        return None
    rows = panel.series[some].reset_index(drop=True)
    days = np.arange(panel.periods[0], end)
    sales, spans = _sales(frames, rows, Bucket.DAY, end), _spans(frames, rows, days[0], end)
    laid = panel_of(sales, rows, spans, periods=days, horizon=0, bucket=Bucket.DAY)
    return Daily(np.flatnonzero(some), laid)


def periods_of(first: date, as_of: date, horizon_days: int, bucket: Bucket) -> tuple[np.ndarray, int]:
    """First days of all periods, and how many of them are past. A week that has begun but not ended is to come."""
    start, end = np.datetime64(first, "D"), np.datetime64(as_of, "D") + 1
    if bucket is Bucket.WEEK:
        start, end = _monday(first), _monday(as_of + timedelta(days=1))
    past = int((end - start).astype(int)) // bucket.days
    if past < 1:
        raise DomainError("forecast_as_of_before", as_of=as_of.isoformat(), first=first.isoformat())
    past, dropped = min(past, LONGEST[bucket]), max(0, past - LONGEST[bucket])
    ahead = -(-horizon_days // bucket.days)
    steps = np.arange(dropped, dropped + past + ahead) * np.timedelta64(bucket.days, "D")
    return (start + steps).astype(DAY_NS), past


def _monday(day: date) -> np.datetime64[date]:
    return np.datetime64(day - timedelta(days=day.weekday()), "D")


def _sales(frames: Frames, rows: pd.DataFrame, bucket: Bucket, end: np.datetime64) -> pd.DataFrame:
    """Contract SALES_COLUMNS; ``out`` is the share of the period without stock, NaN where nothing tells of stock."""
    mine = frames.demand[frames.demand["series"].isin(rows["series"])]
    mine = mine.assign(period=_floor(mine["day"], bucket))
    mine = mine[mine["period"].to_numpy() < end]
    sold = mine.groupby(["series", "period"])["units"].sum().rename("sold").reset_index()
    out = _out(frames.stock_out[frames.stock_out["series"].isin(rows["series"])], bucket, end)
    joined = sold.merge(out, "outer", on=["series", "period"])
    return joined[["series", "period", "sold", "out"]]


def _out(spans: pd.DataFrame, bucket: Bucket, end: np.datetime64) -> pd.DataFrame:
    """Share of each period that was without stock."""
    first = spans["first"].to_numpy().astype(DAY_NS)
    last = np.minimum(spans["last"].to_numpy().astype(DAY_NS), end - 1)
    length = np.maximum((last - first).astype(int) + 1, 0)
    day = np.repeat(first, length) + _counting(length)
    rows = pd.DataFrame(
        {
            "series": np.repeat(spans["series"].to_numpy(), length),
            "day": day,
            "share": np.repeat(spans["share"].to_numpy(dtype=float), length),
        }
    )
    by_day = rows.groupby(["series", "day"])["share"].max().reset_index()
    by_day = by_day.assign(period=_floor(by_day["day"], bucket))
    found = by_day.groupby(["series", "period"])["share"].sum().div(bucket.days).clip(upper=1.0)
    return found.rename("out").reset_index()


def _counting(length: Ints) -> Ints:
    """0, 1 … length − 1 for each length, one after the other."""
    total = int(length.sum())
    counted: Ints = np.arange(total) - np.repeat(np.cumsum(length) - length, length)
    return counted


def _floor(days: pd.Series, bucket: Bucket) -> np.ndarray:
    number: Ints = days.to_numpy().astype(DAY_NS).astype(np.int64)
    if bucket is Bucket.WEEK:
        # The first of January 1970 was a Thursday.
        number = number - (number + 3) % 7
    floored: np.ndarray = number.astype(DAY_NS)
    return floored


def _spans(frames: Frames, rows: pd.DataFrame, first: np.datetime64, end: np.datetime64) -> pd.DataFrame:
    """Contract SPAN_COLUMNS: listings as they are told; where none is, from the first sale until it was discontinued.

    Without a listing, nothing tells a SKU without sales from one that was taken off the shelf; the run counts such
    series (``listing_assumed``).
    """
    told = frames.listed[frames.listed["series"].isin(rows["series"])]
    told = told.assign(first=told["first"].to_numpy().astype(DAY_NS), last=told["last"].to_numpy().astype(DAY_NS))
    untold = rows[~rows["series"].isin(told["series"])]
    begun = frames.demand.groupby("series")["day"].min()
    start = pd.to_datetime(untold["series"].map(begun)).to_numpy().astype(DAY_NS)
    over = pd.to_datetime(untold["discontinued"]).to_numpy().astype(DAY_NS)
    last = np.where(np.isnat(over), end - 1, np.minimum(over, end - 1))
    assumed = pd.DataFrame({"series": untold["series"], "first": start, "last": last})
    both = pd.concat([told[["series", "first", "last"]], assumed[~np.isnat(start)]], ignore_index=True)
    both = both.assign(first=np.maximum(both["first"].to_numpy().astype(DAY_NS), first))
    return both.assign(last=np.minimum(both["last"].to_numpy().astype(DAY_NS), end - 1))


def horizon_of(frames: Frames, horizon_days: int | None) -> int:
    """Days ahead: as asked, or four weeks, and as far as lead time and review reach."""
    if horizon_days is not None:
        if not 1 <= horizon_days <= 180:
            raise DomainError("forecast_horizon", given=horizon_days, low=1, high=180)
        return horizon_days
    reach = (frames.series["lead_days"].fillna(0) + frames.series["review_days"]).max()
    return int(min(max(28.0, float(np.ceil(reach))), 84.0))
