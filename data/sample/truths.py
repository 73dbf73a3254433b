"""The answer key of a demo world: what is true behind the rows. Tests and measurements alone may read it.

Each table is one Parquet file in a folder of its own, beside the sample and never inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.sample.assortment import Assortment
from data.sample.columns import dates, named
from data.sample.event_tables import campaign_ids
from data.sample.nodes import NONE
from data.sample.order_tables import LINE_NUMBERS, promotion_ids
from data.sample.price_tables import EXPLANATIONS, Seen
from data.sample.prices import PATTERNS
from data.sample.promotions import ANY
from data.sample.scan_tables import Scanning, Scans
from data.sample.setting import Setting
from data.sample.simulation import Simulation
from data.sample.week import Names, Week, names
from data.sample.world import SampleReport, write_sample


def write_with_answers(
    folder: Path, answers: Path, *, seed: int, last_day: date, size: str = "small"
) -> tuple[SampleReport, Mapping[str, int]]:
    """Write the sample of :func:`write_sample` and its answer key; returns the report and the rows of each answer.

    Raises ValueError where ``answers`` lies inside ``folder``: whoever loads the sample would find it.
    """
    if answers.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"the answers must not lie inside the sample: {answers}")
    answers.mkdir(parents=True, exist_ok=True)
    key = AnswerKey(answers)
    report = write_sample(folder, seed=seed, last_day=last_day, size=size, witness=key)
    return report, key.rows


class AnswerKey:
    """A witness that writes down what it sees. Tables (one row each per …):

    - ``demand``: node × SKU × day where buyers come: ``mean`` units by law, ``wanted`` units that were asked for,
      ``sold``, and whether demand was ``censored`` (more was asked for than was there, or nothing was left).
    - ``promotion``: true ``uplift`` and ``pulled_forward``. ``campaign``: true ``lift`` in orders per treated account.
    - ``account``: ``person``, ``household``, kilograms a day, whether it buys once only, when it turns away.
    - ``scan``: ``diverted``, ``travelled``. ``diversion``: who let what slip where, and how much of it.
    - ``observation``: the true explanation of a price, and the ``episode`` behind it. ``episode``: the spells.
    - ``stacked``: order lines whose discounts were stacked. ``partner``: quality, and who orders beyond need.
    - ``city``, ``district``: potential, growth and channel mix. ``disruption``: when plants stood still.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self._demand: pq.ParquetWriter | None = None
        self._parts: dict[str, list[pa.Table]] = {"scan": [], "observation": [], "stacked": []}

    def begin(self, made: Setting, moving: Simulation, scanning: Scanning) -> None:
        """Write what is true from the start."""
        self._moving, self._scanning, self._names = moving, scanning, names(made)
        self._retail = np.zeros(len(made.pairs.node), dtype=bool)
        self._retail[moving.demand.pair[moving.demand.pair != NONE]] = True
        for kit, parts in made.goods.kits.items():
            at = made.cells.node[made.offers.cell[made.offers.sku == kit]]
            self._retail[made.pairs.of[at][:, list(parts)].ravel()] = True
        self._write("promotion", _promotions(made))
        self._write("campaign", _campaigns(made))
        self._write("account", _accounts(made, self._names))
        self._write("episode", _episodes(made, self._names))
        self._write("partner", _partners(made, moving))
        self._write("city", _cities(made))
        self._write("district", _districts(made))
        self._write("disruption", _disruptions(made.goods, moving.supply.skipped, self._names))
        self._write("diversion", _diversions(made, scanning, self._names))

    def see(self, week: Week, scans: Scans, seen: Seen) -> None:
        """Write down one week."""
        self._see_demand(week)
        self._parts["scan"].append(
            pa.table(
                {
                    "scan": scans.table["scan"],
                    "diverted": pa.array(scans.diverted),
                    "travelled": pa.array(scans.travelled),
                }
            )
        )
        self._parts["observation"].append(
            pa.table(
                {
                    "observation": seen.table["observation"],
                    "explanation": named(EXPLANATIONS, seen.explanation),
                    "episode": pa.array(seen.episode, mask=seen.episode == NONE),
                }
            )
        )
        at = np.flatnonzero(week.priced.stacked & week.usual())
        self._parts["stacked"].append(
            pa.table(
                {
                    "order_id": week.order_ids.take(pa.array(week.priced.order[at])),
                    "line_no": named(LINE_NUMBERS, week.priced.line_no[at]),
                }
            )
        )

    def _see_demand(self, week: Week) -> None:
        pairs, made = week.made.pairs, week.made
        for day in week.days:
            rows = np.flatnonzero(self._retail & (pairs.from_day <= day.day) & (day.day < pairs.to_day))
            wanted, sold = day.wanted[rows], day.sold[rows]
            table = pa.table({
                "day": dates(np.full(len(rows), day.day), self._names.first),
                "node": named(made.nodes.code, pairs.node[rows]),
                "sku": named(made.goods.sku, pairs.sku[rows]),
                "mean": pa.array(self._moving.demand.mean_units(day.day)[rows].round(6)),
                "wanted": pa.array(wanted),
                "sold": pa.array(sold),
                "censored": pa.array((wanted > sold) | (day.left[rows] <= 0)),
            })  # fmt: skip
            if self._demand is None:
                self._demand = pq.ParquetWriter(self.folder / "demand.parquet", table.schema, compression="zstd")
            self._demand.write_table(table)
            self.rows["demand"] = self.rows.get("demand", 0) + table.num_rows

    def end(self) -> None:
        """Close all files."""
        if self._demand is not None:
            self._demand.close()
        for name, parts in self._parts.items():
            self._write(name, pa.concat_tables(parts))

    def _write(self, name: str, table: pa.Table) -> None:
        pq.write_table(table, self.folder / f"{name}.parquet", compression="zstd")
        self.rows[name] = table.num_rows


def _promotions(made: Setting) -> pa.Table:
    known = made.promotions
    sku = np.array([one.sku for one in known])
    return pa.table({
        "promotion": promotion_ids(np.arange(len(known))),
        "sku": named(made.goods.sku, np.where(sku == ANY, NONE, sku)),
        "pays": pa.array([one.pays for one in known]),
        "uplift": pa.array([one.uplift for one in known]),
        "pulled_forward": pa.array([one.pulled for one in known]),
        "days": pa.array([one.ends - one.starts + 1 for one in known]),
    })  # fmt: skip


def _campaigns(made: Setting) -> pa.Table:
    known = made.campaigns
    return pa.table({
        "campaign": pa.array(campaign_ids(made)),
        "lift": pa.array(known.lift),
        "window_days": pa.array(known.ends - known.starts + 1),
        "further_orders": pa.array(np.bincount(known.campaign_of, minlength=len(known.lift))),
    })  # fmt: skip


def _accounts(made: Setting, known: Names) -> pa.Table:
    people = made.people
    return pa.table({
        "account": people.account,
        "person": pa.array(people.person),
        "household": pa.array(people.household),
        "household_size": pa.array(people.people),
        "kg_per_day": pa.array(people.appetite),
        "once": pa.array(people.once),
        "turns_away": dates(np.minimum(people.leaves, 10_000), known.first),
    })  # fmt: skip


def _episodes(made: Setting, known: Names) -> pa.Table:
    found = made.episodes
    cell = made.offers.cell[found.offer]
    return pa.table({
        "episode": pa.array(np.arange(len(found.offer))),
        "channel": named([channel.code for channel in made.world.channels], made.cells.kind[cell]),
        "partner": named(made.net.partner, made.cells.outlet[cell]),
        "city": named(made.plan.codes, made.cells.city[cell]),
        "sku": named(made.goods.sku, made.offers.sku[found.offer]),
        "starts": dates(found.starts, known.first),
        "ends": dates(found.ends, known.first),
        "factor": pa.array(found.factor),
        "pattern": named(PATTERNS, found.pattern),
    })  # fmt: skip


def _partners(made: Setting, moving: Simulation) -> pa.Table:
    net = made.net
    stuffs = moving.supply.stuffs[made.nodes.at(3)]
    outlets = len(net.partner)
    return pa.table({
        "partner": pa.array([*net.partner.tolist(), *net.dealers.tolist()]),
        "quality": pa.array(np.concatenate([net.quality, net.dealer_quality])),
        "stuffs": pa.array(np.concatenate([np.zeros(outlets, bool), stuffs])),
        "growth": pa.array(np.concatenate([net.growth, np.full(len(net.dealers), np.nan)])),
    })  # fmt: skip


def _cities(made: Setting) -> pa.Table:
    mix = {channel.code: pa.array(made.inside.mix[:, number]) for number, channel in enumerate(made.world.channels)}
    return pa.table({
        "city": pa.array(made.plan.codes),
        "potential": pa.array(made.inside.city),
        "growth": pa.array(made.inside.growth),
        **mix,
    })  # fmt: skip


def _districts(made: Setting) -> pa.Table:
    known = made.where.potential
    return pa.table({"district": pa.array(list(known)), "potential": pa.array(list(known.values()))})


def _disruptions(goods: Assortment, skipped: np.ndarray, known: Names) -> pa.Table:
    sku = np.flatnonzero(skipped.any(axis=1))
    first = skipped[sku].argmax(axis=1)
    return pa.table({
        "sku": named(goods.sku, sku),
        "starts": dates(first, known.first),
        "days": pa.array(skipped[sku].sum(axis=1)),
    })  # fmt: skip


def _diversions(made: Setting, scanning: Scanning, known: Names) -> pa.Table:
    rows = [(one, sku) for one in scanning.known for sku in one.skus]
    return pa.table({
        "dealer": named(made.net.dealers, np.array([one.dealer for one, _ in rows])),
        "into": named(made.net.dealers, np.array([one.into for one, _ in rows])),
        "sku": named(made.goods.sku, np.array([sku for _, sku in rows])),
        "starts": dates(np.array([one.starts for one, _ in rows]), known.first),
        "ends": dates(np.array([one.ends for one, _ in rows]), known.first),
        "share": pa.array([one.share for one, _ in rows]),
    })  # fmt: skip
