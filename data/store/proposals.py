"""Proposals in and out of one transaction, cut to one scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from analytics.core.access import ROOT, Scope
from analytics.core.errors import AccessDenied, DomainError
from analytics.decisions.proposal import LOSS_UNKNOWN, OPEN, Kind, Origin, Proposal, State
from analytics.decisions.workflow import Decided, Move, Moved
from data.store.evidence import evidence_json, evidence_of
from data.store.proposal_search import (
    SoughtMoves,
    SoughtProposals,
    coming,
    conditions,
    move_conditions,
    replaceable,
    visible,
)
from data.store.proposal_tables import proposal_evidence, proposal_moves, proposals
from data.store.types import holds

USUAL = 5
"""Approvals that say what is usual for a need."""
_KEPT = tuple(column.name for column in proposals.c if column.name not in {"amount", "touched"})


@dataclass(frozen=True, slots=True)
class Coming:
    """What counts as supply of a node: units expected from ``source`` on a day, and the proposal behind them."""

    id: str
    version: int
    kind: Kind
    state: State
    node: str
    sku: str
    source: str
    owner: str
    quantity: Decimal
    expected_receipt: date
    as_of: date


class Proposals:
    """Proposals whose owner lies inside the scope: an anchor, or a partner ``below`` one in the published tree."""

    def __init__(self, connection: Connection, scope: Scope, below: frozenset[str] = frozenset()) -> None:
        self._connection = connection
        self._scope = scope
        self._below = below
        self._visible = visible(scope, below)

    def get(self, id: str) -> Proposal:
        """The proposal of that id; raises DomainError ``proposal_unknown``, also for one outside the scope."""
        row = self._connection.execute(self._whole().where(proposals.c.id == id)).one_or_none()
        if row is None:
            raise DomainError("proposal_unknown", id=id)
        return _proposal(row)

    def find(self, sought: SoughtProposals, most: int) -> list[Proposal]:
        """The ``most`` that are most urgent: by loss per day, then by the day to order, then by id.

        A loss that nobody knows stands after all that are known, and before those that lose nothing.
        """
        told = proposals.c
        known = case((holds(told.reasons, LOSS_UNKNOWN), 0), else_=1)
        urgency = (told.loss_per_day.desc(), known, told.order_by, told.id)
        asked = self._whole().where(*conditions(sought)).order_by(*urgency)
        return [_proposal(row) for row in self._connection.execute(asked.limit(most))]

    def count(self, sought: SoughtProposals) -> int:
        """How many match."""
        asked = select(func.count()).select_from(proposals).where(self._visible, *conditions(sought))
        return int(self._connection.execute(asked).scalar_one())

    def overdue(self, today: date) -> list[str]:
        """Those that nobody decided in time, as they are kept still open."""
        told = proposals.c
        open_ = told.state.in_(sorted(state.value for state in OPEN)) & (told.expires_on < today)
        return list(self._connection.execute(select(told.id).where(self._visible, open_).order_by(told.id)).scalars())

    def supply(self, as_of: date, today: date) -> list[Coming]:
        """What a plan of the day ``as_of`` counts as supply: all that is coming on ``today``, but for what it replaces.

        It replaces what plans of that day or earlier proposed and nobody touched.
        """
        told = proposals.c
        kept = self._visible & coming(today) & ~replaceable(as_of)
        fields = (told.id, told.version, told.kind, told.state, told.node, told.sku, told.source, told.owner,
                  told.quantity, told.expected_receipt, told.as_of)  # fmt: skip
        rows = self._connection.execute(select(*fields).where(kept).order_by(told.id))
        return [_coming(row) for row in rows]

    def past(self, id: str) -> tuple[Moved, ...]:
        """What happened to a visible proposal, oldest first."""
        return self.pasts([id]).get(id, ())

    def pasts(self, ids: Collection[str]) -> dict[str, tuple[Moved, ...]]:
        """The same for many proposals, by id."""
        found: dict[str, tuple[Moved, ...]] = {}
        for one in sorted(self.moves(SoughtMoves(proposals=ids), None), key=lambda moved: moved.version):
            found[one.proposal] = (*found.get(one.proposal, ()), one)
        return found

    def moves(self, sought: SoughtMoves, most: int | None) -> list[Moved]:
        """The newest ``most`` moves of visible proposals that match, newest first."""
        told = proposal_moves.c
        asked = select(proposal_moves).join(proposals, proposals.c.id == told.proposal)
        asked = asked.where(self._visible, *move_conditions(sought))
        ordered = asked.order_by(told.at.desc(), told.proposal, told.version.desc()).limit(most)
        return [_moved(row) for row in self._connection.execute(ordered)]

    def approved_before(self, needs: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[Decimal, ...]]:
        """Quantities that were approved last for each need (node, SKU) and not taken back, newest first."""
        told = proposals.c
        done = [state.value for state in (State.APPROVED, State.RELEASED, State.RECEIVED, State.CLOSED)]
        asked = select(told.node, told.sku, told.quantity).where(self._visible, told.state.in_(done))
        found: dict[tuple[str, str], tuple[Decimal, ...]] = {}
        for node, sku, quantity in self._connection.execute(asked.order_by(told.decided_at.desc(), told.id)):
            so_far = found.get((node, sku), ())
            if (node, sku) in needs and len(so_far) < USUAL:
                found[node, sku] = (*so_far, quantity)
        return found

    def releases(self, most: int) -> list[tuple[str, datetime, str, int]]:
        """Id, time, name and visible lines of the newest releases, newest first."""
        told = proposal_moves.c
        at, by, lines = func.max(told.at).label("at"), func.max(told.by_name), func.count()
        asked = select(told.command_id, at, by, lines).join(proposals, proposals.c.id == told.proposal)
        asked = asked.where(self._visible, told.move == Move.RELEASE.value).group_by(told.command_id)
        rows = self._connection.execute(asked.order_by(at.desc(), told.command_id).limit(most))
        return [(batch, moment, name, count) for batch, moment, name, count in rows]

    def hold(self, ids: Collection[str]) -> dict[str, Proposal]:
        """Visible proposals by id, about which nobody else decides until this transaction ends."""
        asked = self._whole().where(proposals.c.id.in_(sorted(ids))).order_by(proposals.c.id)
        rows = self._connection.execute(asked.with_for_update(of=proposals))
        return {row.id: _proposal(row) for row in rows}

    def rival(self, proposal: Proposal, today: date) -> str | None:
        """Another proposal that serves the same need and is coming, if there is one."""
        told = proposals.c
        same = (told.node == proposal.node) & (told.sku == proposal.sku) & (told.id != proposal.id)
        later = told.made_at >= proposal.made_at
        asked = select(told.id).where(self._visible, same, later, coming(today)).order_by(told.id).limit(1)
        return self._connection.execute(asked).scalar_one_or_none()

    def add(self, proposal: Proposal) -> None:
        """Keep what a person asks for; raises AccessDenied ``outside_scope``, DomainError ``proposal_exists``."""
        self.require_own({proposal.owner})
        try:
            insert_all(self._connection, [proposal])
        except IntegrityError as error:
            raise DomainError("proposal_exists", id=proposal.id) from error

    def save(self, decided: Decided) -> None:
        """Keep what was decided, if the proposal is still at the version before.

        Raises DomainError ``proposal_raced`` when somebody was faster, or when it lies outside the scope.
        """
        changed, moved = decided.proposal, decided.moved
        seen = self._visible & (proposals.c.id == changed.id) & (proposals.c.version == moved.version - 1)
        touched = {} if moved.move in {Move.EXPIRE, Move.SUPERSEDE} else {"touched": True}
        saved = self._connection.execute(update(proposals).where(seen).values(**row_of(changed), **touched))
        if saved.rowcount != 1:
            raise DomainError("proposal_raced", id=changed.id)
        self._connection.execute(insert(proposal_moves).values(move_row(moved)))
        if decided.rest is not None:
            self._split_off(changed, decided.rest)

    def _split_off(self, kept: Proposal, rest: Proposal) -> None:
        """The second part, which no plan makes anew, and the first one's evidence, which adds up to it now."""
        told = evidence_json(kept.evidence)
        mine = proposal_evidence.c.proposal == kept.id
        self._connection.execute(update(proposal_evidence).where(mine).values(evidence=told))
        insert_all(self._connection, [rest])
        self._connection.execute(update(proposals).where(proposals.c.id == rest.id).values(touched=True))

    def _whole(self) -> Select[Any]:
        evidence = proposal_evidence.c
        joined = select(proposals, evidence.evidence).join(proposal_evidence, evidence.proposal == proposals.c.id)
        return joined.where(self._visible)

    def require_own(self, owners: Collection[str]) -> None:
        """Raise AccessDenied ``outside_scope`` unless every owner lies inside the scope."""
        outside = set(owners) - self._scope.anchors - self._below
        if ROOT not in self._scope.anchors and outside:
            raise AccessDenied("outside_scope", partners=", ".join(sorted(outside)))


def row_of(proposal: Proposal) -> dict[str, Any]:
    """Values of the columns of a proposal, without its evidence and without ``touched``."""
    kept = {name: getattr(proposal, name) for name in _KEPT}
    plain = {name: getattr(proposal, name).value for name in ("kind", "origin", "state")}
    return {**kept, **plain, "amount": proposal.amount}


def move_row(moved: Moved) -> dict[str, Any]:
    kept = {column.name: getattr(moved, column.name) for column in proposal_moves.c}
    return {**kept, **{name: getattr(moved, name).value for name in ("move", "before", "after")}}


def insert_all(connection: Connection, news: Sequence[Proposal]) -> None:
    """Proposals and their evidence, as they are."""
    if news:
        connection.execute(insert(proposals), [{**row_of(one), "touched": False} for one in news])
        told = [{"proposal": one.id, "evidence": evidence_json(one.evidence)} for one in news]
        connection.execute(insert(proposal_evidence), told)


def _proposal(row: Row[Any]) -> Proposal:
    kept = row._mapping
    enums = {"kind": Kind(row.kind), "origin": Origin(row.origin), "state": State(row.state)}
    return Proposal(**{**{name: kept[name] for name in _KEPT}, **enums}, evidence=evidence_of(row.evidence))


def _moved(row: Row[Any]) -> Moved:
    enums = {"move": Move(row.move), "before": State(row.before), "after": State(row.after)}
    return Moved(**{**row._mapping, **enums})


def _coming(row: Row[*tuple[Any, ...]]) -> Coming:
    return Coming(**{**row._mapping, "kind": Kind(row.kind), "state": State(row.state)})
