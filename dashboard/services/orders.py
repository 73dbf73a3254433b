"""Releases approved proposals as purchase orders and transfers, and hands out what was released."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analytics.core.access import Action, Actor
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.purchase_order import OrderLine, orders_of
from analytics.decisions.workflow import Command, Decided, Move, Moved, Terms, decide
from dashboard.services.decision_work import DecisionUnits, Work
from dashboard.services.desk import Desk
from dashboard.services.exports import EXPORT
from dashboard.services.order_files import OrderFormat, Release, order_bytes
from dashboard.services.proposal_trail import DEEDS, facts_of
from dashboard.services.use_case import UseCase, reads
from dashboard.words import words
from data.store.audit import Deed, Subject
from data.store.proposal_search import SoughtMoves, SoughtProposals
from data.store.records import Disclosure

MOST_RELEASED = 100_000
"""Lines of one release; what is left goes with the next."""
MOST_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """One release in a list."""

    batch: str
    at: datetime
    by: str
    lines: int


class Orders(UseCase):
    """Use case of whoever may release; each call demands that right again."""

    def __init__(self, desk: Desk, units: DecisionUnits, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    def release(self, *, command_id: str) -> Release:
        """Release everything that is approved within the asker's scope; the same command again answers the same.

        Raises DomainError ``orders_nothing`` when nothing is approved.
        """
        actor = self._desk.actor(Action.RELEASE)
        now = self._clock()
        with self._units.writing(actor) as unit:
            if not unit.proposals.moves(_of(command_id), 1):
                self._released(unit, actor, command_id, now)
                unit.commit()
        return self.batch(command_id)

    @reads
    def batch(self, batch: str) -> Release:
        """What was released by that command; raises DomainError ``orders_unknown``, also outside the scope."""
        actor = self._desk.actor(Action.RELEASE)
        with self._units.reading(actor) as unit:
            moves = {one.proposal: one for one in unit.proposals.moves(_of(batch), None)}
            if not moves:
                raise DomainError("orders_unknown", batch=batch)
            found = unit.proposals.find(SoughtProposals(day_of(self._clock()), ids=moves), len(moves))
        first = min(moves.values(), key=lambda one: one.proposal)
        lines = [_line(one, moves[one.id]) for one in found]
        return Release(batch, first.at, first.by_name, tuple(orders_of(lines)))

    @reads
    def batches(self) -> tuple[Batch, ...]:
        """The newest releases within the scope, newest first."""
        actor = self._desk.actor(Action.RELEASE)
        with self._units.reading(actor) as unit:
            moves = unit.proposals.releases(MOST_BATCHES)
        return tuple(Batch(batch, at, by, lines) for batch, at, by, lines in moves)

    def take(self, batch: str, form: OrderFormat, language: str) -> bytes:
        """The file of a release, once its leaving is told; raises as :meth:`batch`. Its bytes are always the same."""
        actor = self._desk.actor(Action.RELEASE)
        released, at = self.batch(batch), self._clock()
        data = order_bytes(released, form, words(language))
        told = Disclosure(
            id=secrets.token_hex(6), kind=EXPORT, at=at, user_id=actor.user_id, user_name=actor.name,
            page="decisions.history", subject="orders", purpose=words(language).t("orders.title"), question=batch,
            columns=("order",), rows=released.lines, format=form.value, checksum=hashlib.sha256(data).hexdigest(),
            build_id=None,
        )  # fmt: skip
        facts = {"page": told.page, "subject": told.subject, "batch": batch, "rows": told.rows, "format": told.format,
                 "checksum": told.checksum}  # fmt: skip
        with self._units.writing(actor) as unit:
            unit.disclosures.add(told)
            unit.audit.append(actor, Deed.EXPORTED, Subject(EXPORT, told.id), facts, at=at)
            unit.commit()
        return data

    def _released(self, unit: Work, actor: Actor, command_id: str, at: datetime) -> None:
        wanted = SoughtProposals(day_of(at), states=(State.APPROVED,))
        ids = [one.id for one in unit.proposals.find(wanted, MOST_RELEASED)]
        held = [one for one in unit.proposals.hold(ids).values() if one.state is State.APPROVED]
        if not held:
            raise DomainError("orders_nothing")
        pasts = unit.proposals.pasts([one.id for one in held])
        done = [_release(one, pasts.get(one.id, ()), actor, command_id, at) for one in held]
        for decided in done:
            unit.proposals.save(decided)
        for decided in done:
            subject = Subject("proposal", decided.proposal.id)
            unit.audit.append(actor, DEEDS[Move.RELEASE], subject, facts_of(decided), at=at)


def _release(proposal: Proposal, past: tuple[Moved, ...], actor: Actor, command_id: str, at: datetime) -> Decided:
    # Amounts were judged when it was approved; a release asks for no limit.
    terms = Terms(limit=Decimal(0), past=past)
    return decide(proposal, Command(command_id, Move.RELEASE, proposal.version), actor, terms, at=at)


def _of(batch: str) -> SoughtMoves:
    return SoughtMoves(command=batch, moves=[Move.RELEASE.value])


def _line(proposal: Proposal, moved: Moved) -> OrderLine:
    return OrderLine(
        proposal.id, moved.version, proposal.kind, proposal.source, proposal.node, proposal.sku, moved.quantity_after,
        proposal.unit_cost, proposal.order_by, proposal.expected_receipt,
    )  # fmt: skip
