"""Scores decisions once the demand is known that they were meant for, and keeps what each was worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import numpy as np
import pandas as pd

from analytics.core.access import Action, Actor
from analytics.decisions.ledger import Score, who_decided, why
from analytics.decisions.proposal import Origin, Proposal, State
from analytics.decisions.receipts import Key
from analytics.decisions.workflow import Moved
from analytics.replenishment.demand import loaded
from analytics.replenishment.hindsight import Lived, lived
from analytics.replenishment.positions import Limits, Money, Packs, Positions, Window, dated
from dashboard.services.decision_work import Work
from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of
from dashboard.services.plan_evidence import FOLLOWING
from dashboard.services.plan_stock import KEY, stock_of
from dashboard.services.realised import PACE_DAYS, realised_demand, stock_then
from data.store.records import Build

REVIEW = timedelta(days=7)
"""How long an order has to last where no lane says."""
CHUNK = 1000
PRICES = ("unit_cost", "shortage_per_unit", "holding_per_unit_day", "freight_per_unit")


@dataclass(frozen=True, slots=True)
class Scoring:
    """Use case of jobs; facts and work are in the actor's scope. ``build``: the published one."""

    actor: Actor
    build: Callable[[], Build | None]
    facts: Callable[[Build], Facts]
    work: Callable[[], AbstractContextManager[Work]]

    def run(self, *, now: datetime) -> int:
        """How many decisions were scored; each is once, so done twice it adds nothing."""
        self.actor.require(Action.TEND_PROPOSALS)
        build = self.build()
        if build is None or build.last_day is None:
            return 0
        with self.work() as unit:
            due = list(_due(unit, build.last_day))
            answers = unit.receipts.kept()
        if not due:
            return 0
        facts = self.facts(build)
        told = "inbound" in build.table_versions
        came = realised_demand(facts, min(one.first for one in due), max(one.last for one in due))
        life = _life(facts)
        scores = []
        for (as_of, _), lines in groupby(sorted(due, key=_turn), key=_turn):
            scores += _scored(facts, as_of, list(lines), came, answers, life, told=told, build=build.id, at=now)
        with self.work() as unit:
            fresh = set(unit.scores.due(build.last_day))
            unit.scores.add([one for one in scores if one.proposal in fresh])
            unit.commit()
        return len(scores)


@dataclass(frozen=True, slots=True)
class _Due:
    """A line, its past, the days whose demand it had to meet, and the turn in which its place comes by itself."""

    line: Proposal
    past: tuple[Moved, ...]
    last: date
    turn: int

    @property
    def first(self) -> date:
        return self.line.as_of + timedelta(days=1)


def _turn(one: _Due) -> tuple[date, int]:
    return one.line.as_of, one.turn


def _due(unit: Work, known_until: date) -> Iterator[_Due]:
    ids = unit.scores.due(known_until)
    turns: dict[tuple[date, str, str], int] = {}
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        pasts = unit.proposals.pasts(some)
        for id, line in unit.proposals.hold(some).items():
            last = following_of(line) - timedelta(days=1)
            if last <= known_until:
                need = (line.as_of, line.node, line.sku)
                turns[need] = turns.get(need, -1) + 1
                yield _Due(line, pasts.get(id, ()), last, turns[need])


def following_of(line: Proposal) -> date:
    """The day of the receipt after this one: as the plan said, or a lead time after the last day to decide."""
    told = line.evidence.inputs.get(FOLLOWING)
    if told:
        following = date.fromisoformat(told)
    elif line.origin is Origin.PLAN:
        following = line.expires_on + timedelta(days=math.ceil(float(line.evidence.inputs.get("lead_days") or 0)))
    else:
        following = line.expected_receipt + REVIEW
    return max(following, _receipt(line) + timedelta(days=1))


def _receipt(line: Proposal) -> date:
    """As it came, else as it was expected."""
    return line.received_on or line.expected_receipt


def _scored(  # noqa: PLR0913 - what is the same for all lines of a day
    facts: Facts, as_of: date, due: Sequence[_Due], came: pd.DataFrame, answers: Mapping[Key, str],
    life: Mapping[str, float], *, told: bool, build: str, at: datetime,
) -> list[Score]:  # fmt: skip
    lines = [one.line for one in due]
    rows = pd.DataFrame({"node": [one.node for one in lines], "sku": [one.sku for one in lines]})
    positions = _positions(facts, as_of, due, rows, answers, told=told)
    days = max((one.last - as_of).days for one in due)
    demand, estimated = _paths(rows, came, as_of, days)
    units = np.stack([_quantities(one, told=told) for one in lines])
    lasts = np.array([life.get(one.sku, math.inf) for one in lines])
    ends = np.arange(1, days + 1, dtype=np.float64)
    walked = [loaded(np.arange(len(lines)), ends, demand[:, :, None])]
    seen = lived(positions, walked, units, pace=_pace(rows, came, as_of, due), life=lasts)
    guessed = [float(estimated[row, : (one.last - as_of).days].sum()) for row, one in enumerate(due)]
    return [_score(one, row, seen, units, guessed[row], build, at) for row, one in enumerate(due)]


def _positions(
    facts: Facts, as_of: date, due: Sequence[_Due], rows: pd.DataFrame, answers: Mapping[Key, str],
    *, told: bool,
) -> Positions:  # fmt: skip
    size, lines = len(due), [one.line for one in due]
    mornings = {one.node for one in lines if one.evidence.inputs.get("counted_on", "") > as_of.isoformat()}
    then = stock_then(facts, as_of, dict(answers), {one.id for one in lines}, mornings)
    stock = stock_of(then, rows, (), {}).stock
    receipt = np.array([max((_receipt(one) - as_of).days, 1) for one in lines], dtype=np.int64)
    following = np.array([(one.last - as_of).days + 1 for one in due], dtype=np.int64)
    if not told:
        # Nobody tells of deliveries: what the plan saw coming is taken to have come, with this order at the latest.
        seen = np.array([_seen_coming(one) for one in lines])
        some = seen > 0
        stock = replace(stock, inbound=dated(np.flatnonzero(some), receipt[some], seen[some]))
    none, zeros = np.full(size, -1, dtype=np.int64), np.zeros(size)
    prices = {name: np.array([_price(one, name) for one in lines]) for name in PRICES}
    return Positions(
        node=rows["node"].to_numpy(dtype=object), sku=rows["sku"].to_numpy(dtype=object),
        source=np.array([one.source for one in lines], dtype=object), stock=stock,
        window=Window(np.minimum(receipt, 1), receipt, following, zeros, zeros),
        money=Money(prices["unit_cost"], zeros, prices["shortage_per_unit"], prices["holding_per_unit_day"],
                    np.nan_to_num(prices["freight_per_unit"]), zeros),
        packs=Packs(zeros.astype(np.int64), np.ones(size, dtype=np.int64)),
        room=Limits(none, np.zeros(0, dtype=np.int64)), supply=Limits(none, np.zeros(0, dtype=np.int64)),
        order_group=np.zeros(size, dtype=np.int64), level=np.full(size, 0.5), priority=zeros,
        reasons=np.zeros(size, dtype=np.int64),
    )  # fmt: skip


def _seen_coming(line: Proposal) -> float:
    steps = {step.name: step.units for step in line.evidence.steps}
    return float(-steps.get("inbound", Decimal(0)) - steps.get("coming", Decimal(0)))


def _price(line: Proposal, name: str) -> float:
    return float(line.evidence.inputs.get(name) or "nan")


def _paths(rows: pd.DataFrame, came: pd.DataFrame, as_of: date, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Demand and its estimated part, rows × days after ``as_of``."""
    index = pd.MultiIndex.from_frame(rows[KEY])
    at = index.get_indexer(pd.MultiIndex.from_frame(came[KEY]))
    step = (came["day"] - pd.Timestamp(as_of)).dt.days.to_numpy() - 1
    inside = (at >= 0) & (step >= 0) & (step < days)
    found = np.zeros((2, len(rows), days), dtype=np.float32)
    for number, name in enumerate(("units", "estimated")):
        np.add.at(found[number], (at[inside], step[inside]), came[name].to_numpy(dtype=np.float32)[inside])
    return found[0], found[1]


def _pace(rows: pd.DataFrame, came: pd.DataFrame, as_of: date, due: Sequence[_Due]) -> np.ndarray:
    """Units a day over each line's window and the weeks before it: a slow product sells nothing in many a window."""
    before = as_of - timedelta(days=PACE_DAYS)
    days = [(one.last - before).days for one in due]
    demand, _ = _paths(rows, came, before, max(days))
    return np.array([demand[row, :length].sum() / length for row, length in enumerate(days)], dtype=np.float64)


def _quantities(line: Proposal, *, told: bool) -> np.ndarray:
    """What came of the decision, what would have come of the system's quantity, and nothing.

    A supplier who delivers less would have done so whatever had been ordered, so that this is nobody's merit.
    """
    if line.state is not State.CLOSED:
        return np.array([0.0, float(line.proposed), 0.0])
    whole = float(line.quantity)
    share = float(line.received or 0) / whole if told and whole else 1.0
    return np.array([whole * share, float(line.proposed) * share, 0.0])


def _score(one: _Due, row: int, seen: Lived, units: np.ndarray, guessed: float, build: str, at: datetime) -> Score:
    line, by_whom = one.line, who_decided(one.past)
    asked = line.origin is not Origin.PLAN
    costs = [_yuan(value) for value in seen.cost[row].tolist()]
    nobody = line.state is State.EXPIRED
    return Score(
        proposal=line.id, kind=line.kind, origin=line.origin, state=line.state, node=line.node, sku=line.sku,
        source=line.source, owner=line.owner, first=one.first, last=one.last, decided=_units(units[row, 0]),
        system=None if asked else _units(units[row, 1]), demand=_units(seen.demand[row]), estimated=_units(guessed),
        cost_decided=costs[0], cost_system=None if asked else costs[1], cost_nothing=costs[2],
        by=None if nobody or by_whom is None else by_whom.by,
        by_name=None if nobody or by_whom is None else by_whom.by_name, reason=why(one.past), scored_at=at, build=build,
    )  # fmt: skip


def _units(value: float) -> Decimal:
    return Decimal(str(round(float(value), 3)))


def _yuan(value: float) -> Decimal | None:
    return Decimal(str(round(value, 2))) if math.isfinite(value) else None


def _life(facts: Facts) -> dict[str, float]:
    """Days for which a unit can be sold after its receipt, by SKU: its shelf life, of what perishes."""
    rows = facts.table("product")
    if "shelf_life_days" not in rows.columns:
        # A build of an earlier release, until the next one.
        return {}
    told = frame_of(facts.answer(rows.filter(rows.shelf_life_days.notnull()).select("sku", "shelf_life_days")))
    return {str(sku): float(days) for sku, days in zip(told["sku"], told["shelf_life_days"], strict=True)}
