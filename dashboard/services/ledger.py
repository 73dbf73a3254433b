"""The ledger of decisions: what each was worth, by person and by reason, and which master data people doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from analytics.core.access import Action
from analytics.core.calendar import HOME_ZONE, day_of
from analytics.core.errors import MissingData
from analytics.decisions.ledger import Doubt, Score, Sum, by_person, by_reason, doubts, summed, whole
from analytics.decisions.proposal import Proposal
from analytics.decisions.workflow import Move, Moved
from dashboard.services import proposal_lines
from dashboard.services.decision_work import DecisionUnits, Work
from dashboard.services.desk import Desk, Opened
from dashboard.services.frames import frame_of
from dashboard.services.names import node_names
from dashboard.services.use_case import UseCase, reads
from data.store.proposal_search import SoughtMoves, SoughtProposals

CHUNK = 1000
KINDS: Mapping[str, Callable[[Score], bool]] = {
    "changed": lambda one: one.changed,
    "same": lambda one: one.decided == one.system,
    "nobody": lambda one: one.by is None,
}
LEAST_RECEIPTS = 3
"""Receipts from which a lane's real lead time is told."""


@dataclass(frozen=True, slots=True)
class LedgerAsked:
    """Decisions whose days ended from ``first`` to ``last``, both included; None leaves an end open. ``only``: one of
    :data:`KINDS`, "" for all.
    """

    first: date | None = None
    last: date | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """One decision with the names that people know."""

    score: Score
    node_name: str
    sku_name: str


@dataclass(frozen=True, slots=True)
class Doubted:
    """Master data to be looked at. ``names``: what the doubt is about. Of a lane also the days that it promises, and
    the median of those that its receipts took (of how many).
    """

    doubt: Doubt
    names: tuple[str, ...]
    promised: float | None = None
    taken: float | None = None
    receipts: int = 0


@dataclass(frozen=True, slots=True)
class LedgerView:
    """``rows`` add up to ``whole``, and so do the sums by person and by reason."""

    rows: tuple[Scored, ...]
    whole: Sum
    people: tuple[Sum, ...]
    reasons: tuple[Sum, ...]
    doubts: tuple[Doubted, ...]

    @property
    def idle(self) -> int:
        """Decisions that time made."""
        return sum(one.score.by is None for one in self.rows)


class Ledger(UseCase):
    """Use cases of the ledger; each call demands its right again, and rows are cut to the asker's proposals."""

    def __init__(self, desk: Desk, units: DecisionUnits, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    @reads
    def ledger(self, asked: LedgerAsked) -> LedgerView:
        """What was decided and scored, newest first."""
        actor = self._desk.actor(Action.SEE_LEDGER)
        today, policies = day_of(self._clock()), self._desk.policies()
        since = today - timedelta(days=policies.whole("decision.repeat_days", as_of=today))
        with self._units.reading(actor) as unit:
            scores = [one for one in unit.scores.find(asked.first, asked.last) if _asked(one, asked.only)]
            found = doubts(_said(unit, since, today), policies.whole("decision.repeat_reasons", as_of=today))
        opened = self._opened()
        nodes, skus = _named(opened, scores, found)
        rows = tuple(Scored(one, nodes.get(one.node, one.node), skus.get(one.sku, one.sku)) for one in scores)
        return LedgerView(
            rows=rows, whole=whole(scores), people=summed(scores, by_person), reasons=summed(scores, by_reason),
            doubts=tuple(_doubted(opened, one, nodes | skus) for one in found),
        )  # fmt: skip

    def _opened(self) -> Opened | None:
        try:
            return self._desk.open(Action.SEE_LEDGER)
        except MissingData:
            return None


def _asked(score: Score, only: str) -> bool:
    return only not in KINDS or KINDS[only](score)


def _said(unit: Work, since: date, today: date) -> Iterator[tuple[Proposal, Moved]]:
    """Overrides and rejections with their reason."""
    first = datetime.combine(since, time(), HOME_ZONE)
    moves = unit.proposals.moves(SoughtMoves(moves=[Move.EDIT.value, Move.REJECT.value], first=first), None)
    told = [one for one in moves if one.reason]
    ids = sorted({one.proposal for one in told})
    lines: dict[str, Proposal] = {}
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        lines |= {one.id: one for one in unit.proposals.find(SoughtProposals(today, ids=some), len(some))}
    for one in told:
        yield lines[one.proposal], one


def _named(
    opened: Opened | None, scores: Sequence[Score], found: Sequence[Doubt]
) -> tuple[dict[str, str], dict[str, str]]:
    codes = {code for one in found for code in one.about}
    nodes = node_names(opened, {one.node for one in scores} | codes)
    skus = proposal_lines.product_names(opened, {one.sku for one in scores} | codes)
    return nodes, skus


def _doubted(opened: Opened | None, one: Doubt, names: Mapping[str, str]) -> Doubted:
    told = tuple(names.get(code, code) for code in one.about)
    if one.kind != "lane" or opened is None:
        return Doubted(one, told)
    origin, node = one.about
    lanes = opened.facts.table("supply_lane")
    promised = frame_of(opened.facts.answer(lanes.filter((lanes.origin == origin) & (lanes.node == node))))["lead_days"]
    rows = opened.facts.table("inbound_line")
    came = rows.filter((rows.origin == origin) & (rows.node == node) & rows.received_on.notnull())
    frame = frame_of(opened.facts.answer(came.select("ordered", "received_on")))
    taken = [(last - begun).days for begun, last in zip(frame["ordered"], frame["received_on"], strict=True)]
    known = len(taken) >= LEAST_RECEIPTS
    return Doubted(
        one, told, float(promised.min()) if len(promised) else None, float(median(taken)) if known else None, len(taken)
    )
