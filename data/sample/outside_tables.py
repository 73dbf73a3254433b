"""Tables about the world outside and the plan: competitors, commodity markets, search interest, targets, code maps."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa

from data.sample import rhythm
from data.sample.columns import dates, from_columns, from_rows, money, named, texts
from data.sample.places import SCHEME
from data.sample.setting import Setting
from data.sample.week import Names

COMPETITORS = (("虚构粮油甲", 0.97), ("虚构粮油乙", 1.04), ("虚构粮油丙", 0.90))
SERIES = (
    ("PADDY", "稻谷", 2_780, 0.004),
    ("WHEAT", "小麦", 2_520, 0.004),
    ("SOYOIL", "豆油", 8_150, 0.010),
    ("PEANUTOIL", "花生油", 14_900, 0.007),
    ("CORN", "玉米", 2_310, 0.005),
)
"""Code, name, yuan per tonne at the start, spread of the weekly step (logarithm)."""
KEYWORDS = (
    ("大米", "大米", 5),
    ("食用油", "食用油", 5),
    ("饺子粉", "面粉", 7),
    ("绿豆", "杂粮", 4),
    ("年货", "", 8),
    ("杂粮礼盒", "杂粮", 6),
)
"""Keyword, category, days by which searching runs ahead of buying."""
AMBITION = 1.06
"""Targets against what demand would bring."""


def competitor_prices(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The competitor_price table: three invented brands, weekly, on what they sell in the same packs."""
    goods, days = made.goods, made.calendar.days
    strong = np.flatnonzero(goods.stocked & (goods.pull > np.quantile(goods.pull, 0.55)))[:30]
    mondays = np.array([n for n, day in enumerate(days) if day.weekday() == 0 and n >= made.calendar.first])
    rival, sku, day = (part.ravel() for part in np.meshgrid(np.arange(3), strong, mondays, indexing="ij"))
    level = np.array([factor for _, factor in COMPETITORS])[rival]
    drift = rng.normal(0, 0.01, (3, len(strong), len(mondays))).cumsum(axis=2).clip(-0.08, 0.08).ravel()
    action = np.where(rng.random(len(sku)) < 0.1, 0.88, 1.0)
    price = np.rint(goods.list_price(days)[sku, day] * level * (1 + drift) * action / 10).astype(np.int64) * 10
    columns = {
        "competitor": named([name for name, _ in COMPETITORS], rival),
        "item": named([f"{category} {pack}" for category, pack in zip(goods.name, goods.pack, strict=True)], sku),
        "channel": pa.repeat("MKT1", len(sku)),
        "day": dates(day, known.first),
        "price": money(price),
        "kg": pa.array(goods.kg[sku]),
        "sku": named(goods.sku, sku),
    }
    return from_columns("competitor_price", columns, len(sku))


def markets(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The market table: weekly prices of what goes into the packs, invented."""
    days = made.calendar.days
    fridays = np.array([n for n, day in enumerate(days) if day.weekday() == 4 and n >= made.calendar.first])
    steps = rng.normal(0, 1, (len(SERIES), len(fridays))).cumsum(axis=1)
    price = np.array([[start] for _, _, start, _ in SERIES]) * np.exp(np.array([[s[3]] for s in SERIES]) * steps)
    series, week = (part.ravel() for part in np.meshgrid(np.arange(len(SERIES)), fridays, indexing="ij"))
    columns = {
        "series": named([one[0] for one in SERIES], series),
        "name": named([one[1] for one in SERIES], series),
        "day": dates(week, known.first),
        "price": money(np.rint(price.ravel()).astype(np.int64) * 100),
        "price_unit": pa.repeat("吨", len(series)),
    }
    return from_columns("market", columns, len(series))


def search_index(made: Setting, known: Names, rng: np.random.Generator) -> pa.Table:
    """The search_index table: people search some days before they buy."""
    days = made.calendar.days
    longer = rhythm.calendar_days(days[0], days[-1])
    lead, summer = rhythm.lead_up(longer), np.array([rhythm.summer(day) for day in longer])
    provinces, first, count = len(made.plan.regional), made.calendar.first, len(days)
    parts = []
    for number, (keyword, _, ahead) in enumerate(KEYWORDS):
        pulled = 1 + (2.5 if keyword == "年货" else 0.9) * np.roll(lead, -ahead)
        pulled *= 1 + (1.4 if keyword == "绿豆" else 0.0) * np.roll(summer, -ahead)
        value = 400 * (number + 2) * pulled * rng.lognormal(0, 0.08, (provinces, count))
        parts.append(value[:, first:])
    value = np.rint(np.array(parts))
    word, province, day = (p.ravel() for p in np.meshgrid(
        np.arange(len(KEYWORDS)), np.arange(provinces), np.arange(first, count), indexing="ij"))  # fmt: skip
    columns = {
        "platform": pa.repeat("MKT1", len(word)),
        "keyword": named([one[0] for one in KEYWORDS], word),
        "scheme": pa.repeat(SCHEME, len(word)),
        "region": named([f"{code}0000" for code in made.plan.regional], province),
        "day": dates(day, known.first),
        "value": pa.array(value.ravel()),
    }
    return from_columns("search_index", columns, len(word))


def targets(made: Setting, monthly: np.ndarray, rng: np.random.Generator) -> pa.Table:
    """The target table: sales of brand, provinces and dealers by month, from what demand would bring.

    ``monthly``: expected fen by month × dealer × province, the last dealer standing for the brand's own shops.
    """
    ends = len(made.months)
    rows: list[dict[str, object]] = []

    def add(month: int, fen: float, **scope: object) -> None:
        value = Decimal(round(fen * AMBITION * float(rng.lognormal(0, 0.04)) / 10_000_00) * 10_000)
        rows.append({
            "target": f"MB{len(rows) + 1:05d}", "metric": "sales", "period": "month",
            "starts": made.months[month].replace(day=1),
            "value": max(value, Decimal(10_000)), **scope,
        })  # fmt: skip

    for month in range(ends):
        add(month, monthly[month].sum())
        for province, code in enumerate(made.plan.regional):
            add(month, monthly[month, :, province].sum(), scheme=SCHEME, region=f"{code}0000")
        for dealer, partner in enumerate(made.net.dealers.tolist()):
            add(month, monthly[month, dealer].sum(), partner=partner)
    return from_rows("target", rows)


def code_maps(made: Setting) -> pa.Table:
    """The code_map table: numbers under which two marketplaces know the products."""
    count = len(made.goods.sku)
    columns = {
        "code_source": pa.array(["mkt1"] * count + ["mkt2"] * count, pa.string()),
        "kind": pa.repeat("product", 2 * count),
        "code": pa.concat_arrays(
            [texts("10002", np.arange(count) * 37 + 11, 6), texts("JD-", np.arange(count) * 53 + 7, 7)]
        ),
        "target": pa.array(made.goods.sku.tolist() * 2, pa.string()),
    }
    return from_columns("code_map", columns, 2 * count)
