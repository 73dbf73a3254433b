"""The ledger of decisions (决策账本): what each was worth against the system's quantity and against doing nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analytics.decisions.proposal import Kind, Origin, Proposal, State
from analytics.decisions.workflow import Move, Moved

JUDGED = frozenset({State.CLOSED, State.REJECTED, State.EXPIRED})
"""Where a proposal stands when nothing about it is open any more."""
DECIDING = frozenset({Move.APPROVE, Move.AUTO_APPROVE, Move.REJECT})
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Score:
    """One decision, when the following receipt was over; units and yuan.

    ``first`` to ``last``: the days whose demand it had to meet. ``decided``: what came of it; ``system``: what would
    have come of the system's quantity, None where a person asked. ``demand``: units wanted, ``estimated`` of them on
    days without stock. Costs are None where a price is unknown. ``by``: None where time ran out.
    """

    proposal: str
    kind: Kind
    origin: Origin
    state: State
    node: str
    sku: str
    source: str
    owner: str
    first: date
    last: date
    decided: Decimal
    system: Decimal | None
    demand: Decimal
    estimated: Decimal
    cost_decided: Decimal | None
    cost_system: Decimal | None
    cost_nothing: Decimal | None
    by: str | None
    by_name: str | None
    reason: str | None
    scored_at: datetime
    build: str

    @property
    def changed(self) -> bool:
        """Whether somebody wanted another quantity than the system."""
        return self.by is not None and self.system is not None and self.decided != self.system

    @property
    def against_system(self) -> Decimal | None:
        """Yuan that the decision saved against the system's own quantity; less than nothing where it cost more."""
        return _saved(self.cost_system, self.cost_decided)

    @property
    def against_nothing(self) -> Decimal | None:
        """Yuan that the decision saved against ordering nothing."""
        return _saved(self.cost_nothing, self.cost_decided)


def _saved(other: Decimal | None, decided: Decimal | None) -> Decimal | None:
    return None if other is None or decided is None else other - decided


@dataclass(frozen=True, slots=True)
class Sum:
    """Decisions of one person, or for one reason. ``unpriced``: those of them without a value."""

    key: str | None
    label: str | None
    decisions: int
    changed: int
    against_system: Decimal
    against_nothing: Decimal
    unpriced: int


def summed(scores: Sequence[Score], key: Callable[[Score], tuple[str | None, str | None]]) -> tuple[Sum, ...]:
    """Sums by ``key`` (code and label), the greatest gain against the system first; they add up to the whole."""
    groups: dict[tuple[str | None, str | None], list[Score]] = {}
    for one in scores:
        groups.setdefault(key(one), []).append(one)
    sums = [whole(told, code, label) for (code, label), told in groups.items()]
    return tuple(sorted(sums, key=lambda one: (-one.against_system, one.key or "", one.label or "")))


def whole(scores: Sequence[Score], code: str | None = None, label: str | None = None) -> Sum:
    """The sum of all of them."""
    return Sum(
        code, label, len(scores),
        sum(one.changed for one in scores),
        sum((one.against_system or ZERO for one in scores), ZERO),
        sum((one.against_nothing or ZERO for one in scores), ZERO),
        sum(one.against_nothing is None for one in scores),
    )  # fmt: skip


def by_person(score: Score) -> tuple[str | None, str | None]:
    return score.by, score.by_name


def by_reason(score: Score) -> tuple[str | None, str | None]:
    return score.reason, None


def who_decided(past: Iterable[Moved]) -> Moved | None:
    """The move that made it final: the last approval or rejection."""
    return next((one for one in sorted(past, key=lambda one: -one.version) if one.move in DECIDING), None)


def why(past: Iterable[Moved]) -> str | None:
    """The reason that was given last; an approval after it needs none and takes none back."""
    return next((one.reason for one in sorted(past, key=lambda one: -one.version) if one.reason), None)


MASTER_DATA: Mapping[str, str] = {
    "lead_time": "lane",
    "pack": "product",
    "supplier": "source",
    "capacity": "node",
    "stock_wrong": "count",
    "delisting": "listing",
    "ordered_elsewhere": "inbound",
    "demand_higher": "forecast",
    "demand_lower": "forecast",
}
"""Reason → which master data it doubts; the others doubt none."""

SUBJECTS: Mapping[str, Callable[[Proposal], tuple[str, ...]]] = {
    "lane": lambda one: (one.source, one.node),
    "product": lambda one: (one.sku,),
    "source": lambda one: (one.source,),
    "node": lambda one: (one.node,),
    "count": lambda one: (one.node,),
    "listing": lambda one: (one.node, one.sku),
    "inbound": lambda one: (one.node,),
    "forecast": lambda one: (one.node, one.sku),
}
"""What the doubt is about, as codes of places and products."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Master data that people overrule again and again for one reason. ``about``: codes, see :data:`SUBJECTS`."""

    kind: str
    reason: str
    about: tuple[str, ...]
    times: int
    people: tuple[str, ...]
    last: datetime
    lines: tuple[str, ...]


def doubts(said: Iterable[tuple[Proposal, Moved]], least: int) -> tuple[Doubt, ...]:
    """Reasons that were given ``least`` times or more for the same thing, each line counted once; the most often said
    first.
    """
    groups: dict[tuple[str, tuple[str, ...]], dict[str, Moved]] = {}
    for line, moved in said:
        kind = MASTER_DATA.get(moved.reason or "")
        if kind is not None and moved.reason is not None:
            told = groups.setdefault((moved.reason, SUBJECTS[kind](line)), {})
            known = told.get(line.id)
            if known is None or known.at < moved.at:
                told[line.id] = moved
    found = [
        Doubt(
            MASTER_DATA[reason], reason, about, len(told), tuple(sorted({one.by_name for one in told.values()})),
            max(one.at for one in told.values()), tuple(sorted(told)),
        )
        for (reason, about), told in groups.items() if len(told) >= least
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.times, one.reason, one.about)))
