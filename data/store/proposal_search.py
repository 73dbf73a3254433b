"""Which proposals somebody looks for, as conditions in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, or_, select, true
from sqlalchemy.sql import ColumnElement

from analytics.core.access import ROOT, Scope
from analytics.decisions.proposal import COMING, OPEN, Origin, State
from data.store.proposal_tables import proposal_moves, proposals
from data.store.types import holds

_OPEN = tuple(sorted(state.value for state in OPEN))


@dataclass(frozen=True, slots=True)
class SoughtProposals:
    """Conditions on proposals as of the day ``today``; None leaves one out, an empty collection finds nothing.

    ``states``: where they stand on that day, see :func:`standing`. ``least`` and ``most``: yuan, both included; an
    unknown amount is above every ``least``. ``mine``: whoever asked for it or moved it, by user id.
    """

    today: date
    states: Collection[State] | None = None
    nodes: Collection[str] | None = None
    skus: Collection[str] | None = None
    reason: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    mine: str | None = None
    ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class SoughtMoves:
    """Conditions on moves, newest first; ``first`` is included, ``before`` is not."""

    proposals: Collection[str] | None = None
    by: str | None = None
    command: str | None = None
    moves: Collection[str] | None = None
    nodes: Collection[str] | None = None
    skus: Collection[str] | None = None
    first: datetime | None = None
    before: datetime | None = None


def visible(scope: Scope, below: Collection[str]) -> ColumnElement[bool]:
    """Proposals whose owner is an anchor of ``scope`` or one of the partners ``below`` the anchors."""
    if ROOT in scope.anchors:
        return true()
    return proposals.c.owner.in_(sorted({*scope.anchors, *below}))


def coming(today: date) -> ColumnElement[bool]:
    """Proposals that count as supply on a day."""
    told = proposals.c
    expired = told.state.in_(_OPEN) & (told.expires_on < today)
    return told.state.in_(sorted(state.value for state in COMING)) & ~expired


def replaceable(as_of: date) -> ColumnElement[bool]:
    """Proposals that a plan of the day ``as_of`` makes anew: of plans until that day, and never touched."""
    told = proposals.c
    fresh = (told.state == State.PROPOSED.value) & told.touched.is_(False)
    return (told.origin == Origin.PLAN.value) & fresh & (told.as_of <= as_of)


def conditions(sought: SoughtProposals) -> Sequence[ColumnElement[bool]]:
    told = proposals.c
    among = [(told.node, sought.nodes), (told.sku, sought.skus), (told.id, sought.ids)]
    found: list[ColumnElement[bool]] = [column.in_(sorted(values)) for column, values in among if values is not None]
    if sought.states is not None:
        found.append(or_(*(_stands(state, sought.today) for state in sorted(sought.states))))
    if sought.reason is not None:
        found.append(holds(told.reasons, sought.reason))
    if sought.least is not None:
        found.append(or_(told.amount >= sought.least, told.amount.is_(None)))
    if sought.most is not None:
        found.append(told.amount <= sought.most)
    if sought.mine is not None:
        moved = select(proposal_moves.c.proposal).where(proposal_moves.c.by == sought.mine)
        found.append(or_(told.author == sought.mine, told.id.in_(moved)))
    return found


def move_conditions(sought: SoughtMoves) -> Sequence[ColumnElement[bool]]:
    told = proposal_moves.c
    equal = [(told.by, sought.by), (told.command_id, sought.command)]
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    among = [
        (told.proposal, sought.proposals),
        (told.move, sought.moves),
        (proposals.c.node, sought.nodes),
        (proposals.c.sku, sought.skus),
    ]
    found += [column.in_(sorted(values)) for column, values in among if values is not None]
    if sought.first is not None:
        found.append(told.at >= sought.first)
    return found if sought.before is None else [*found, told.at < sought.before]


def _stands(state: State, today: date) -> ColumnElement[bool]:
    """The database's spelling of :func:`analytics.decisions.workflow.standing`."""
    told = proposals.c
    in_time, as_kept = told.expires_on >= today, told.state == state.value
    awake = and_(told.state == State.SNOOZED.value, told.snoozed_until <= today)
    if state is State.EXPIRED:
        return or_(as_kept, and_(told.state.in_(_OPEN), told.expires_on < today))
    if state is State.PROPOSED:
        return and_(or_(as_kept, awake), in_time)
    if state is State.SNOOZED:
        return and_(as_kept, in_time, or_(told.snoozed_until > today, told.snoozed_until.is_(None)))
    return and_(as_kept, in_time) if state in OPEN else as_kept
