"""Writes the demo world as files in the shape of the data contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np

from analytics.core.errors import DomainError
from data.sample.buyers import Buyers
from data.sample.history import History
from data.sample.members import group_of
from data.sample.orders import Tills
from data.sample.parameters import MARKET, SIZES, WORLD
from data.sample.price_tables import Seen
from data.sample.scan_tables import Scanning, Scans
from data.sample.setting import Setting, setting, simulation, stream
from data.sample.simulation import Simulation
from data.sample.standing import standing_tables
from data.sample.supply_parameters import SUPPLY
from data.sample.week import Week, weeks
from data.sample.writing import Files

Progress = Callable[[str, int], None]
"""Called with a table's name and its rows once its file is written."""

EARLIEST, LATEST = date(1905, 1, 1), date(2095, 12, 31)
"""Lunar festivals are known for 1900 to 2099."""

TABLES = (
    "region", "partner", "territory", "node", "product", "kit", "product_cost", "channel", "code_map", "account",
    "identifier", "consent", "lane", "supply_limit", "listing", "price_policy", "price_band", "campaign", "promotion",
    "rate_card", "order_line", "refund_line", "order_discount", "shipment_line", "stock_lot", "stock_move", "inbound",
    "sell_in", "sell_out_agg", "availability", "price_observation", "competitor_price", "member_event", "points",
    "subscription", "group_buy", "code_scan", "survey", "campaign_exposure", "spend", "partner_event", "receivable",
    "weather", "search_index", "market", "target",
)  # fmt: skip
"""Every table of the contract, in the order in which references resolve."""


class Witness(Protocol):
    """Somebody who sees the truth while the world is made; the product has none."""

    def begin(self, made: Setting, moving: Simulation, scanning: Scanning) -> None: ...

    def see(self, week: Week, scans: Scans, seen: Seen) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What was written where: rows per table, and the days they cover. Same seed, day and version, same bytes."""

    folder: Path
    seed: int
    version: int
    first_day: date
    last_day: date
    rows: Mapping[str, int]


def write_sample(
    folder: Path,
    *,
    seed: int,
    last_day: date,
    size: str = "small",
    progress: Progress | None = None,
    witness: Witness | None = None,
) -> SampleReport:
    """Write ``<table>.parquet`` for every table of the contract into ``folder``, which is made when absent.

    The world covers eighteen months up to ``last_day``; ``size`` is one of :data:`SIZES`. Raises DomainError
    ``sample_size_unknown``, ``sample_seed_negative`` or ``sample_day_unsupported``.
    """
    _check(seed=seed, last_day=last_day, size=size)
    made = make_setting(seed=seed, last_day=last_day, size=size)
    folder.mkdir(parents=True, exist_ok=True)
    with Files(folder, TABLES) as files:
        _write(made, files, witness)
    for name in TABLES:
        if progress is not None:
            progress(name, files.rows[name])
    return SampleReport(folder, seed, WORLD.version, made.first_day, last_day, dict(files.rows))


def make_setting(*, seed: int, last_day: date, size: str) -> Setting:
    """Everything of the world of ``seed`` that stands before its first day."""
    first_day = months_before(last_day, WORLD.months) + timedelta(days=1)
    return setting(seed=seed, first_day=first_day, last_day=last_day, size=SIZES[size], world=WORLD, supply=SUPPLY)


def _write(made: Setting, files: Files, witness: Witness | None) -> None:
    moving = simulation(made)
    history = History(made, moving.supply, files)
    for name, table in standing_tables(made, moving.supply):
        files.add(name, table)
    if witness is not None:
        witness.begin(made, moving, history.scanning)
    for week in weeks(made, moving, _tills(made), stream(made.seed, "orders")):
        scans, seen = history.add(week)
        if witness is not None:
            witness.see(week, scans, seen)
        # The next week is played before these names are given again, and a week of a large world is gigabytes.
        del week, scans, seen
    history.close()
    if witness is not None:
        witness.end()


def _tills(made: Setting) -> Tills:
    """Tills and the buyers who come to them; how many each group of members sends follows from what its cells sell."""
    found, days = made.cells, len(made.calendar.days) - made.calendar.first
    groups = len(made.net.partner) + len(made.world.channels) * len(made.plan.cities)
    known = found.kind != MARKET
    share = np.array([channel.identified for channel in made.world.channels])
    packs = made.world.packs_per_order
    per_order = sum((number + 1) * part for number, part in enumerate(packs)) * 0.97
    lines = found.weight[known] * share[found.kind[known]] * days / per_order
    of = group_of(found, len(made.net.partner), len(made.plan.cities))[known]
    people = Buyers(
        stream(made.seed, "buyers"), made.people, made.world, groups=groups,
        orders=np.bincount(of, lines, minlength=groups), mean_kg=9.0,
        first=made.calendar.first, days=len(made.calendar.days),
    )  # fmt: skip
    return Tills(stream(made.seed, "tills"), made, people)


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


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or the last one that month has."""
    number = day.year * 12 + day.month - 1 - months
    start = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return start + timedelta(days=min(day.day, (following - start).days) - 1)
