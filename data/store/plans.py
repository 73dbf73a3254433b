"""What a plan proposes, kept in one transaction: new lines, lines that replace others, and what became void."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from analytics.core.access import Actor, Scope
from analytics.core.calendar import day_of
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Move, Moved
from data.store.engine import take_turns
from data.store.evidence import evidence_json
from data.store.proposal_search import coming, replaceable, visible
from data.store.proposal_tables import proposal_evidence, proposal_moves, proposals
from data.store.proposals import Proposals, insert_all, move_row, row_of

CHUNK = 500
"""Rows per statement: SQLite takes 32,766 values at once."""

Item = TypeVar("Item")
Need = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan to be kept. ``as_of``: its day in the data; ``counted``: id → version of what it took as supply, as
    :meth:`Proposals.supply` told it; ``at``: now, in UTC.
    """

    batch: str
    as_of: date
    proposals: Sequence[Proposal]
    counted: Mapping[str, int]
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Version, state and quantity of a proposal as it is kept."""

    version: int
    state: State
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a plan: ids that were added, whose numbers were revised, that stood as they were, that were
    superseded, and that were left out because somebody decided about the same need while the plan was made.
    """

    added: tuple[str, ...]
    revised: tuple[str, ...]
    same: tuple[str, ...]
    superseded: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def facts(self) -> dict[str, object]:
        """What the trail keeps: how many of each."""
        return {name: len(getattr(self, name)) for name in self.__slots__}


class Plans:
    """Plans within the scope, see :class:`Proposals`."""

    def __init__(self, connection: Connection, scope: Scope, below: frozenset[str] = frozenset()) -> None:
        self._connection = connection
        self._visible = visible(scope, below)
        self._proposals = Proposals(connection, scope, below)

    def save(self, plan: Plan) -> Saved:
        """Keep a plan; the same one again changes nothing.

        Untouched open proposals of plans of the same day or earlier give way to it, also where it proposes nothing any
        more; what a person touched stays. Raises AccessDenied ``outside_scope`` and writes nothing then.
        """
        take_turns(self._connection, "plans")
        self._proposals.require_own({one.owner for one in plan.proposals})
        wanted = {one.id: one for one in plan.proposals}
        # Held first: who decides about one of these now comes before the count below, or too late.
        replaceable = self._replaceable(plan)
        taken = self._taken(plan)
        known = self._known(wanted)
        free = {id: one for id, one in wanted.items() if (one.node, one.sku) not in taken}
        added = [one for id, one in free.items() if id not in known]
        revised = [one for id, one in free.items() if id in known and _differs(known[id], one)]
        void = [row for row in replaceable if row.id not in free]
        for news in _chunks(added):
            insert_all(self._connection, [replace(one, version=1) for one in news])
        self._revise(plan, [(known[one.id], one) for one in revised])
        self._supersede(plan, void)
        changed = {one.id for one in (*added, *revised)}
        return Saved(
            added=tuple(one.id for one in added),
            revised=tuple(one.id for one in revised),
            same=tuple(id for id in free if id not in changed),
            superseded=tuple(row.id for row in void),
            left_out=tuple(id for id in wanted if id not in free),
        )

    def standing(self, ids: Iterable[str]) -> dict[str, Standing]:
        """Of proposals within reach, by id."""
        told = proposals.c
        found: dict[str, Standing] = {}
        for some in _chunks(ids):
            asked = select(told.id, told.version, told.state, told.quantity).where(self._visible, told.id.in_(some))
            for row in self._connection.execute(asked):
                found[row.id] = Standing(row.version, State(row.state), row.quantity)
        return found

    def _replaceable(self, plan: Plan) -> Sequence[Row[Any]]:
        asked = select(proposals).where(self._visible, replaceable(plan.as_of)).order_by(proposals.c.id)
        return self._connection.execute(asked.with_for_update()).all()

    def _taken(self, plan: Plan) -> set[Need]:
        """Needs about which somebody decided after the plan had counted, or that a plan of a later day serves."""
        told = proposals.c
        asked = select(told.id, told.version, told.node, told.sku).where(
            self._visible, coming(day_of(plan.at)), ~replaceable(plan.as_of)
        )
        rows = self._connection.execute(asked)
        return {(row.node, row.sku) for row in rows if plan.counted.get(row.id) != row.version}

    def _known(self, wanted: Iterable[str]) -> dict[str, Row[Any]]:
        found: dict[str, Row[Any]] = {}
        for ids in _chunks(wanted):
            rows = self._connection.execute(select(proposals).where(proposals.c.id.in_(ids)).with_for_update())
            found.update((row.id, row) for row in rows)
        return found

    def _revise(self, plan: Plan, pairs: Sequence[tuple[Row[Any], Proposal]]) -> None:
        for some in _chunks(pairs):
            news = [replace(one, version=row.version + 1, state=State.PROPOSED) for row, one in some]
            self._update([row_of(one) for one in news])
            ids = [one.id for one in news]
            self._connection.execute(delete(proposal_evidence).where(proposal_evidence.c.proposal.in_(ids)))
            told = [{"proposal": one.id, "evidence": evidence_json(one.evidence)} for one in news]
            self._connection.execute(insert(proposal_evidence), told)
            pairs_moved = zip(some, news, strict=True)
            self._tell([_moved(plan, row, Move.REVISE, one) for (row, _), one in pairs_moved])

    def _supersede(self, plan: Plan, rows: Sequence[Row[Any]]) -> None:
        for some in _chunks(rows):
            changes = {"state": State.SUPERSEDED.value, "decided_at": plan.at}
            self._update([{"id": row.id, "version": row.version + 1, **changes} for row in some])
            self._tell([_moved(plan, row, Move.SUPERSEDE, None) for row in some])

    def _update(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Each row at its id; nobody else can have changed it, for it is held."""
        names = [name for name in rows[0] if name != "id"]
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        told = [{"this": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
        self._connection.execute(update(proposals).where(proposals.c.id == bindparam("this")).values(values), told)

    def _tell(self, moves: Sequence[Moved]) -> None:
        self._connection.execute(insert(proposal_moves), [move_row(one) for one in moves])


def _differs(kept: Row[Any], wanted: Proposal) -> bool:
    """Whether an untouched line has to be brought to what the plan says now."""
    if kept.touched or kept.state not in {State.PROPOSED.value, State.SUPERSEDED.value}:
        return False
    news = row_of(wanted)
    return kept.state == State.SUPERSEDED.value or any(getattr(kept, name) != news[name] for name in _TOLD)


_TOLD = (
    "kind",
    "source",
    "owner",
    "proposed",
    "unit_cost",
    "order_by",
    "expected_receipt",
    "expires_on",
    "loss_per_day",
    "reasons",
)


def _moved(plan: Plan, kept: Row[Any], move: Move, after: Proposal | None) -> Moved:
    state, quantity = (State.SUPERSEDED, kept.quantity) if after is None else (after.state, after.quantity)
    return Moved(
        kept.id, kept.version + 1, move, State(kept.state), state, kept.quantity, quantity, plan.actor.user_id,
        plan.actor.name, plan.at, f"{plan.batch}/{kept.version + 1}"[:64],
    )  # fmt: skip


def _chunks(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    rest = iter(items)
    while some := list(islice(rest, CHUNK)):
        yield some
