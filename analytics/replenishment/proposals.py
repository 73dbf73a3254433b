"""From a plan's arrays to proposals with their evidence: decimals, names and days, for lines with a quantity alone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from analytics.decisions.proposal import Alternative, Bound, Evidence, Kind, Origin, Proposal, State, Step
from analytics.replenishment.demand import Floats, Ints
from analytics.replenishment.plan import Plan
from analytics.replenishment.positions import Positions, Texts, thousandths
from analytics.replenishment.projection import FAN
from analytics.replenishment.reasons import told
from analytics.replenishment.waterfall import Waterfall, waterfall

ALTERNATIVES = ("do_nothing", "pause_promotion", "purchase", "transfer")
PRICED = ("answer_cost", "answer_lost")
"""Inputs that say what the proposed answer itself costs, and what is lost with it."""

_FAN = tuple(f"{level:.2f}" for level in FAN)
PLACES = 12
"""Digits of a digest in an id: two lines of one day alike by chance once in ten million plans of a million lines."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the numbers. ``first``: the day on which a transfer can leave. By position: ``owner``;
    ``expires``: days after the day of the plan until which a proposal can be decided; ``inputs``: name → text, left
    out where empty; ``policies``: which of ``policy_sets``.
    """

    as_of: date
    first: date
    batch: str
    made_at: datetime
    build: str
    run: str | None
    owner: Texts
    expires: Ints
    inputs: Mapping[str, Texts]
    policies: Ints
    policy_sets: Sequence[Mapping[str, str]]


def proposals_of(plan: Plan, positions: Positions, frame: Frame) -> Iterator[Proposal]:
    """Proposals of the lines with a quantity, in the order of nodes and SKUs as they came."""
    lines = np.flatnonzero(plan.quantity > 0)
    columns = _Columns(plan, positions, frame, lines)
    for number in range(len(lines)):
        yield columns.proposal(number)


def proposal_id(as_of: date, node: str, sku: str) -> str:
    """The same need planned again on the same day has the same id.

    >>> proposal_id(date(2026, 3, 1), "N1", "R5")
    '260301-4207806f006a'
    """
    told_of = f"{as_of.isoformat()}\x1f{node}\x1f{sku}".encode()
    return f"{as_of:%y%m%d}-{hashlib.sha256(told_of).hexdigest()[:PLACES]}"


def units_of(thousandth: int) -> Decimal:
    """Whole units as whole numbers.

    >>> units_of(12_000), units_of(1_500)
    (Decimal('12'), Decimal('1.5'))
    """
    whole, part = divmod(thousandth, 1000)
    return Decimal(whole) if not part else Decimal(thousandth).scaleb(-3).normalize()


def yuan_of(amount: float) -> Decimal:
    """Cents; 0 for what is not known, which the line's reasons say."""
    return Decimal(0) if not math.isfinite(amount) else Decimal(round(amount * 100)).scaleb(-2)


class _Columns:
    """Lists of plain values, one per line: a million lines are told apart by place, not by array."""

    def __init__(self, plan: Plan, positions: Positions, frame: Frame, lines: Ints) -> None:
        rows = plan.rows[lines]
        window = positions.window
        self.frame = frame
        self.waterfall: Waterfall = waterfall(plan, positions, lines)
        self.node, self.sku = positions.node[rows].tolist(), positions.sku[rows].tolist()
        self.source = positions.source[rows].tolist()
        self.owner = frame.owner[rows].tolist()
        self.quantity = plan.quantity[lines].tolist()
        self.transfer = plan.transfer[lines].tolist()
        self.giver = _names(positions.node, plan.offer.giver[lines])
        self.cost = positions.money.cost[rows].tolist()
        self.order = window.order[rows].tolist()
        self.receipt = window.receipt[rows].tolist()
        self.moved_receipt = plan.offer.receipt[lines].tolist()
        self.expires = frame.expires[rows].tolist()
        self.urgency = plan.urgency[lines].tolist()
        self.reasons = plan.reasons[lines].tolist()
        self.fan = thousandths(plan.outlook.fan[rows]).tolist()
        self.ordered = plan.bounded.supplied[lines].tolist()
        self.offered = plan.offer.units[lines].tolist()
        self.inputs = {name: values[rows].tolist() for name, values in frame.inputs.items()}
        self.policies = frame.policies[rows].tolist()
        self.prices = {
            "do_nothing": _pairs(plan.nothing.cost[lines], plan.nothing.lost[lines]),
            "pause_promotion": _pairs(plan.paused.cost[lines], plan.paused.lost[lines]),
            "purchase": _pairs(plan.bought.cost[lines], plan.bought.lost[lines]),
            "transfer": _pairs(plan.offer.priced.cost[lines], plan.offer.priced.lost[lines]),
        }
        self.days: dict[int, date] = {}

    def proposal(self, at: int) -> Proposal:
        frame, moved = self.frame, self.transfer[at]
        quantity, cost = units_of(self.quantity[at]), self.cost[at]
        return Proposal(
            id=proposal_id(frame.as_of, self.node[at], self.sku[at]),
            version=1,
            kind=Kind.TRANSFER if moved else Kind.PURCHASE,
            origin=Origin.PLAN,
            state=State.PROPOSED,
            node=self.node[at],
            sku=self.sku[at],
            source=self.giver[at] or self.source[at] if moved else self.source[at],
            owner=self.owner[at],
            proposed=quantity,
            quantity=quantity,
            unit_cost=yuan_of(cost) if math.isfinite(cost) else None,
            order_by=frame.first if moved else self._day(self.order[at]),
            expected_receipt=self._day(self.moved_receipt[at] if moved else self.receipt[at]),
            expires_on=self._day(self.expires[at]),
            loss_per_day=yuan_of(self.urgency[at]),
            reasons=told(self.reasons[at]),
            evidence=self._evidence(at),
            as_of=frame.as_of,
            batch=frame.batch,
            made_at=frame.made_at,
        )

    def _evidence(self, at: int) -> Evidence:
        cost, lost = self.prices["transfer" if self.transfer[at] else "purchase"][at]
        inputs = {name: values[at] for name, values in self.inputs.items() if values[at]}
        return Evidence(
            steps=tuple(Step(name, units_of(units)) for name, units in self.waterfall.steps(at)),
            bounds=tuple(Bound(name, units_of(before), units_of(after)) for name, before, after in
                         self.waterfall.bounds(at)),
            alternatives=tuple(self._alternatives(at)),
            fan=dict(zip(_FAN, map(units_of, self.fan[at]), strict=True)),
            inputs={**inputs, **_priced(cost, lost)},
            policies=self.frame.policy_sets[self.policies[at]],
            build=self.frame.build,
            run=self.frame.run,
        )  # fmt: skip

    def _alternatives(self, at: int) -> Iterator[Alternative]:
        """The other answers whose price is known."""
        answers: list[tuple[str, str | None, int, int | None]] = [
            ("do_nothing", None, 0, None),
            ("pause_promotion", None, 0, None),
        ]
        if self.transfer[at] and self.ordered[at] > 0:
            answers.append(("purchase", self.source[at], self.ordered[at], self.receipt[at]))
        if not self.transfer[at] and self.giver[at]:
            answers.append(("transfer", self.giver[at], self.offered[at], self.moved_receipt[at]))
        for kind, source, units, receipt in answers:
            cost, lost = self.prices[kind][at]
            if math.isfinite(cost):
                day = None if receipt is None else self._day(receipt)
                yield Alternative(kind, source, units_of(units), day, yuan_of(cost), yuan_of(lost))

    def _day(self, after: int) -> date:
        if after not in self.days:
            self.days[after] = self.frame.as_of + timedelta(days=after)
        return self.days[after]


def _priced(cost: float, lost: float) -> dict[str, str]:
    """PRICED, as far as it is known."""
    values = zip(PRICED, (cost, lost), strict=True)
    return {name: str(yuan_of(value)) for name, value in values if math.isfinite(value)}


def _pairs(cost: Floats, lost: Floats) -> list[tuple[float, float]]:
    return list(zip(cost.tolist(), lost.tolist(), strict=True))


def _names(nodes: Texts, giver: Ints) -> list[str | None]:
    return [None if one < 0 else str(nodes[one]) for one in giver.tolist()]
