"""Orders replayed on real demand: cost of ours beside rules of thumb whose cover was chosen on earlier weeks."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.panel import DAY_NS, Panel, panel_of
from analytics.simulation.foresight import Rolling, rolled
from analytics.simulation.ours import OrderUpTo
from analytics.simulation.policy import Policy
from analytics.simulation.results import Estimate, Tally, cheaper, tally
from analytics.simulation.simple import MinMax, MovingAverage, Newsvendor
from analytics.simulation.twin import replay
from analytics.simulation.world import World, plain_terms, plain_world
from bench.homes import iowa
from bench.measuring import Section
from bench.orange_juice import WEEKS, movement, panel, with_room

JUDGED, CHOSEN = 26, 26
"""Weeks that are judged, and weeks before them on which covers are chosen."""
LEAD, HOLDING, SHORTAGE = 2, 0.2, 1.0
SEED = 20261126
PAIRS = 500
COVERS = tuple(float(cover) for cover in np.arange(0.5, 8.01, 0.25))
MEANS = (4, 8, 13, 26, 52)
YARDSTICK = MovingAverage(4.0)
Maker = Callable[[float], Policy]
RULES: Mapping[str, Maker] = {
    **{f"moving average of {weeks} weeks": partial(MovingAverage, periods=weeks) for weeks in MEANS},
    "min/max, half a week apart": lambda cover: MinMax(cover - 0.5, cover),
    "min/max, a week apart": lambda cover: MinMax(cover - 1.0, cover),
    "min/max, two weeks apart": lambda cover: MinMax(cover - 2.0, cover),
}
"""Rules with one number to choose."""


@dataclass(frozen=True, slots=True)
class Case:
    """One data set: ``panel`` with room for the plan beyond its last week; ``multiple``: thousandths of a unit."""

    name: str
    panel: Panel
    multiple: int

    def world(self, weeks: int, until: int = 0) -> World:
        """The ``weeks`` before the last ``until``; begins with two weeks of the mean of what was sold before."""
        demand = self.panel.demand[:, : self.panel.length - until]
        start = demand.shape[1] - weeks
        terms = plain_terms(len(demand), lead=LEAD, shortage=SHORTAGE, holding=HOLDING)
        terms.packs.multiple[:] = self.multiple
        return plain_world(demand, start, terms, opening=2 * _mean(demand[:, :start]))


def _mean(demand: Floats) -> Floats:
    known = np.isfinite(demand)
    return np.asarray(np.nan_to_num(demand).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def orange_juice(last: int) -> Case:
    rows = movement()
    return Case("orange juice", with_room(panel(rows[rows["week"] <= last], last)), 10)


def liquor(until: int) -> Case:
    """Bottles a week of the pairs that sold most before the judged weeks; a week without an invoice is a zero.

    ``until``: weeks left away at the end.
    """
    lines = pd.concat(
        pd.read_parquet(
            iowa() / f"sales_{year}.parquet", columns=["Date", "Store Number", "Item Number", "Bottles Sold"]
        )
        for year in (2020, 2021)
    )
    days = lines["Date"].to_numpy().astype(DAY_NS).astype(np.int64)
    monday = (days - (days + 3) % 7).astype(DAY_NS)
    # The first and the last week are cut by the years' ends.
    weeks = np.unique(monday)[1:-1]
    weeks = weeks[: len(weeks) - until]
    lines = lines.assign(period=monday, node=lines["Store Number"].astype(str), sku=lines["Item Number"].astype(str))
    lines = lines.assign(series=lines["node"] + "|" + lines["sku"])
    before = lines[lines["period"] < weeks[-JUDGED]].groupby("series")["Bottles Sold"].sum()
    busiest = before.sort_values(ascending=False, kind="stable").index[:PAIRS]
    mine = lines[lines["series"].isin(busiest) & lines["period"].isin(weeks)]
    sales = mine.groupby(["series", "period"])["Bottles Sold"].sum().rename("sold").reset_index().assign(out=np.nan)
    begun = mine.groupby("series")["period"].min().rename("first").reset_index()
    spans = begun.assign(last=weeks[-1] + np.timedelta64(6, "D"))
    series = mine[["series", "node", "sku"]].drop_duplicates().assign(category="liquor", region="")
    of = panel_of(sales, series, spans, periods=weeks, horizon=0, bucket=Bucket.WEEK)
    return Case("Iowa liquor", with_room(of), 1_000)


def chosen_covers(case: Case) -> dict[str, tuple[float, Policy]]:
    """For every rule the cover that was cheapest on the weeks before the judged ones."""
    world = case.world(CHOSEN, until=JUDGED)
    found = {}
    for name, made in RULES.items():
        costs = {cover: float(tally(replay(world, made(cover))).cost.sum()) for cover in COVERS}
        cover = min(costs, key=lambda one: costs[one])
        found[name] = cover, made(cover)
    return found


def judged(case: Case) -> list[tuple[str, Tally]]:
    """Everybody on the judged weeks: ours first, then the yardstick, then the rules."""
    world = case.world(JUDGED)
    origins = range(case.panel.length - JUDGED, case.panel.length)
    foresight = rolled(case.panel, origins, Rolling(horizon=LEAD + 1, seed=SEED))
    rules = [(f"{name}, cover {cover:g}", policy) for name, (cover, policy) in chosen_covers(case).items()]
    field: Sequence[tuple[str, Policy]] = (
        ("waterline", OrderUpTo(foresight, SEED)),
        ("moving average of 13 weeks, cover 4 (yardstick)", YARDSTICK),
        ("moving average of 13 weeks, cover 2.5 (check)", MovingAverage(2.5)),
        *rules,
        ("newsvendor on seasonal-naive residuals", Newsvendor(52)),
    )
    return [(name, tally(replay(world, policy))) for name, policy in field]


def _ending(until: int) -> str:
    return f"{until} weeks before the last whole week of 2021" if until else "the last whole week of 2021"


def main(last: int = WEEKS[-1], until: int = 0) -> Section:
    started, worked = time.perf_counter(), time.process_time()
    rows: list[tuple[str, ...]] = []
    told = []
    for case in (orange_juice(last), liquor(until)):
        field = judged(case)
        base = dict(field)["moving average of 13 weeks, cover 4 (yardstick)"]
        best = min((one for name, one in field[1:] if "check" not in name), key=lambda one: float(one.cost.sum()))
        ours = field[0][1]
        rows += [_row(case.name, name, one, base) for name, one in field]
        own = next(
            one for name, one in field if name.startswith("moving average of 13 weeks, cover") and "(" not in name
        )
        told.append(
            f"{case.name}, {case.panel.size} series: {_share(cheaper(ours, base, SEED))} below the yardstick, "
            f"{_share(cheaper(ours, own, SEED))} below the moving average with its cover chosen on earlier weeks, "
            f"{_share(cheaper(ours, best, SEED))} below the best simple rule"
        )
    return Section(
        "Replay",
        "python -m bench.replay",
        f"The last {JUDGED} weeks up to week {last} of orange juice (price and deal known in advance) and, without any "
        f"plan, up to {_ending(until)}, of the {PAIRS} store × item pairs of Iowa "
        f"liquor that sold most bottles before. Lead time {LEAD} weeks, weekly review, holding {HOLDING} and shortage "
        f"{SHORTAGE:g} per unit and week, nothing made up later, two weeks of mean demand to begin with; "
        f"a week without a row wants "
        f"nothing. Covers of simple rules: the cheapest of {COVERS[0]:g} to {COVERS[-1]:g} on the {CHOSEN} weeks "
        f"before. Forecasts are rolled weekly, models fitted anew every {Rolling(3, SEED).refit_every} weeks. In "
        f"brackets: 90 % interval over resampled series. {'. '.join(told)}. "
        f"Took {time.process_time() - worked:,.0f} processor seconds ({time.perf_counter() - started:,.0f} s).",
        ("data", "who", "cost / yardstick", "fill rate", "holding / yardstick", "lost / yardstick"),
        tuple(rows),
    )


def _share(one: Estimate) -> str:
    return f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}]"


def _row(data: str, name: str, one: Tally, base: Tally) -> tuple[str, ...]:
    return (
        data,
        name,
        f"{one.cost.sum() / base.cost.sum():.3f}",
        f"{one.units['sold'].sum() / one.units['demand'].sum():.1%}",
        f"{one.units['held'].sum() / base.units['held'].sum():.2f}",
        f"{one.units['lost'].sum() / base.units['lost'].sum():.2f}",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--until", type=int, default=WEEKS[-1], help="judge orange juice up to this week")
    parser.add_argument("--before", type=int, default=0, help="leave away so many weeks of liquor at the end")
    given = parser.parse_args()
    print(main(given.until, given.before).markdown())
