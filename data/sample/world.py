"""Writes the demo world as files in the shape of the data contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.core.errors import DomainError
from data.sample import rhythm
from data.sample.assortment import Assortment, assortment, product_rows
from data.sample.columns import from_rows, money
from data.sample.members import CHINA, Members, account_rows, members
from data.sample.network import Outlets, node_rows, outlets, partner_rows, territory_rows
from data.sample.orders import Sales, order_line_table, refund_line_table, sales
from data.sample.parameters import SIZES, WORLD, WorldParameters
from data.sample.places import Places, places, region_rows

Progress = Callable[[str, int], None]
"""Called with a table's name and its rows once its file is written."""

EARLIEST, LATEST = date(1905, 1, 1), date(2095, 12, 31)
"""Lunar festivals are known for 1900 to 2099."""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What was written where: rows per table, and the days they cover. Same seed, day and version, same bytes."""

    folder: Path
    seed: int
    version: int
    first_day: date
    last_day: date
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class World:
    """Everything the tables are written from."""

    days: list[date]
    where: Places
    net: Outlets
    goods: Assortment
    people: Members
    sold: Sales
    partners: list[dict[str, object]]


def write_sample(
    folder: Path, *, seed: int, last_day: date, size: str = "small", progress: Progress | None = None
) -> SampleReport:
    """Write ``<table>.parquet`` for every table of the demo world into ``folder``, which is made when absent.

    The world covers eighteen months up to ``last_day``; ``size`` is one of :data:`SIZES`. Raises DomainError
    ``sample_size_unknown``, ``sample_seed_negative`` or ``sample_day_unsupported``.
    """
    _check(seed=seed, last_day=last_day, size=size)
    world = make_world(seed=seed, last_day=last_day, size=size)
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for name, table in tables(world, seed).items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
        rows[name] = table.num_rows
        if progress is not None:
            progress(name, table.num_rows)
    return SampleReport(folder, seed, WORLD.version, world.days[0], last_day, rows)


def make_world(*, seed: int, last_day: date, size: str, parameters: WorldParameters = WORLD) -> World:
    """Draw the world in memory; each part has a stream of its own, so that a change in one leaves the others as is."""
    days = rhythm.calendar_days(_months_before(last_day, parameters.months) + timedelta(days=1), last_day)
    months = rhythm.month_starts(days)
    where = places()
    net = outlets(_stream(seed, "outlets"), where, parameters)
    goods = assortment(_stream(seed, "assortment"), days[0])
    opening = np.array([(months[month] - days[0]).days if month else -10_000 for month in net.opens])
    people = members(
        _stream(seed, "members"),
        where,
        net,
        count=SIZES[size].accounts,
        opening_day=np.maximum(opening, -900),
        days=len(days),
        world=parameters,
    )
    sold = sales(_stream(seed, "orders"), days, net, goods, people, orders=SIZES[size].orders, world=parameters)
    partners = partner_rows(_stream(seed, "partners"), where, net, months, parameters)
    return World(days, where, net, goods, people, sold, partners)


def tables(world: World, seed: int) -> dict[str, pa.Table]:
    """Every table of the world, in the order in which references resolve."""
    months = rhythm.month_starts(world.days)
    midnight = int(datetime.combine(world.days[0], time(), CHINA).timestamp())
    return {
        "region": from_rows("region", region_rows(world.where)),
        "partner": from_rows("partner", world.partners),
        "territory": from_rows("territory", territory_rows(months)),
        "node": from_rows("node", node_rows(world.where, world.partners)),
        "product": from_rows("product", product_rows(world.goods)),
        "product_cost": _product_cost(world.goods),
        "channel": from_rows("channel", _channel_rows()),
        "account": from_rows("account", account_rows(_stream(seed, "told"), world.people, world.net, world.days[0])),
        "order_line": order_line_table(world.sold, world.where, world.net, world.goods, world.people, midnight),
        "refund_line": refund_line_table(world.sold, world.net, world.goods, world.people, midnight),
    }


def _check(*, seed: int, last_day: date, size: str) -> None:
    if size not in SIZES:
        raise DomainError("sample_size_unknown", size=size, known=", ".join(sorted(SIZES)))
    if seed < 0:
        raise DomainError("sample_seed_negative", seed=seed)
    if not EARLIEST <= last_day <= LATEST:
        raise DomainError(
            "sample_day_unsupported",
            day=last_day.isoformat(),
            earliest=EARLIEST.isoformat(),
            latest=LATEST.isoformat(),
        )


def _months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or the last one that month has."""
    number = day.year * 12 + day.month - 1 - months
    start = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return start + timedelta(days=min(day.day, (following - start).days) - 1)


def _stream(seed: int, part: str) -> np.random.Generator:
    return np.random.default_rng([seed, *part.encode()])


def _product_cost(goods: Assortment) -> pa.Table:
    periods = len(goods.cost_from)
    sku = pa.array(np.repeat(goods.sku, periods).tolist(), pa.string())
    valid_from = pa.array(list(goods.cost_from) * len(goods.sku), pa.date32())
    return pa.table([sku, money(goods.cost.ravel()), valid_from], names=["sku", "cost", "valid_from"])


def _channel_rows() -> list[dict[str, object]]:
    return [
        {"channel": one.code, "name": one.name, "channel_group": one.group, "private_domain": one.private_domain}
        for one in WORLD.channels
    ]
