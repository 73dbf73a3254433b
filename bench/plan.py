"""How fast a plan is: evidence and proposals of a million positions, made up in memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TypeVar

import numpy as np

from analytics.decisions.proposal import Proposal
from analytics.replenishment.demand import Demand, Ints, Singles
from analytics.replenishment.plan import Plan, Terms, planned
from analytics.replenishment.positions import Dated, Limits, Money, Packs, Positions, Stock, Window, dated
from analytics.replenishment.proposals import Frame, proposals_of
from bench.measuring import Section

Made = TypeVar("Made")

PERIODS, PATHS, SKUS = 5, 100, 200
SEED = 1


def main(size: int = 1_000_000) -> Section:
    """Seconds of each part; positions are made before the clock starts, their paths are drawn while it runs."""
    positions, demand = _positions(size), _demand(size)
    steps: list[tuple[str, str, str]] = []
    plan, took, worked = _timed(lambda: planned(positions, [demand], Terms(SEED, PATHS, 0.95, 0.2)))
    steps.append(("numbers of all positions", *_told(took, worked)))
    count, cards, busy = _timed(lambda: sum(1 for _ in _proposals(plan, positions)))
    steps.append((f"{count:,} proposals with their evidence", *_told(cards, busy)))
    steps.append(("both", *_told(took + cards, worked + busy)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Section(
        "Plan",
        "python -m bench.plan",
        f"{size:,} node × SKU positions, {PATHS} paths of {PERIODS} weeks each, drawn chunk by chunk while the clock "
        "runs; half of them with an expiring lot, a third with a delivery on its way, rooms and supplies limited. "
        f"Peak memory {peak / 2**20:,.0f} MiB. Target: three minutes.",
        ("work", "seconds", "processor seconds"),
        tuple(steps),
    )


def _timed(work: Callable[[], Made]) -> tuple[Made, float, float]:
    started, before = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - started, time.process_time() - before


def _positions(size: int) -> Positions:
    random = np.random.default_rng(SEED)
    number = np.arange(size)
    shelf = number // SKUS
    mean = _mean(number)
    on_hand = np.floor(random.uniform(0, 20, size) * mean)
    lots = number[::2]
    coming = number[::3]
    order = 1 + shelf % 5
    cost = random.uniform(5, 90, size)
    return Positions(
        node=np.char.add("N", shelf.astype(str)).astype(object),
        sku=np.char.add("SP", (number % SKUS).astype(str)).astype(object),
        source=np.char.add("W", (shelf % 50).astype(str)).astype(object),
        stock=Stock(
            on_hand, np.zeros(size), np.floor(on_hand * 0.05), np.zeros(size),
            counted=np.ones(size, bool), empty=np.zeros(size, bool),
            lots=dated(lots, 3 + lots % 60, np.floor(on_hand[lots] * 0.4)),
            inbound=dated(coming, 1 + coming % 12, np.ceil(4 * mean[coming])),
            coming=_none(),
        ),
        window=Window(order, order + 3, order + 10, np.full(size, 1.2), np.full(size, 1.2)),
        money=Money(cost, cost * 1.4, cost * 0.4, cost * 0.2 / 365, np.full(size, 0.3), np.full(size, 30.0)),
        packs=Packs(np.zeros(size, np.int64), np.full(size, 4000)),
        room=Limits(shelf, random.integers(2_000_000, 9_000_000, int(shelf.max()) + 1)),
        supply=Limits(shelf % 50 * SKUS + number % SKUS, random.integers(1_000_000, 4_000_000, 50 * SKUS)),
        order_group=shelf,
        level=np.clip(random.uniform(0.8, 1.05, size), 0.0, 0.995),
        priority=np.zeros(size),
        reasons=np.zeros(size, dtype=np.int64),
    )  # fmt: skip


def _none() -> Dated:
    empty = np.array([])
    return dated(empty, empty, empty)


def _mean(number: Ints) -> np.ndarray:
    """Units a day: most sell little, some much."""
    return np.asarray(0.05 + 6.0 * ((number * 2654435761) % 1000 / 1000) ** 4)


def _demand(size: int) -> Demand:
    """Paths from a pool of errors: drawing a new one for each position would be measured instead of the plan."""
    pool = np.random.default_rng(SEED).gamma(2.0, 0.5, (1024, PERIODS, PATHS)).astype(np.float32)

    def load(places: Ints) -> Singles:
        units = pool[places % len(pool)] * (7 * _mean(places)).astype(np.float32)[:, None, None]
        return np.asarray(np.floor(units + 0.5), dtype=np.float32)

    return Demand(np.arange(size), np.arange(1.0, PERIODS + 1) * 7.0, load)


def _proposals(plan: Plan, positions: Positions) -> Iterator[Proposal]:
    size = positions.size
    same = np.zeros(size, dtype=np.int64)
    texts = {name: np.full(size, "1", dtype=object) for name in ("price", "lane", "lead_days", "counted_on", "level")}
    frame = Frame(
        as_of=date(2026, 11, 25), first=date(2026, 11, 26), batch="b", build="b", run="r",
        made_at=datetime(2026, 11, 26, tzinfo=UTC),
        owner=np.full(size, "brand", dtype=object), expires=positions.window.following, inputs=texts, policies=same,
        policy_sets=({"replenishment.order_up_to": "critical_ratio (v0)"},),
    )  # fmt: skip
    return proposals_of(plan, positions, frame)


def _told(seconds: float, worked: float) -> tuple[str, str]:
    return f"{seconds:,.1f}", f"{worked:,.1f}"


if __name__ == "__main__":
    print(main().markdown())
