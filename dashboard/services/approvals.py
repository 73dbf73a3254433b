"""Proposals that wait for people: the queue, one line with its evidence, decisions, requests and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from analytics.core.access import Action, Actor
from analytics.core.calendar import HOME_ZONE, day_of
from analytics.core.errors import DomainError, MissingData
from analytics.decisions.proposal import OPEN, Proposal, State
from analytics.decisions.workflow import TABLE, Decided, Move, Moved, Terms, decide, spelled
from dashboard.services import proposal_lines
from dashboard.services.approval_views import (
    Card,
    Choices,
    Done,
    Foreseen,
    History,
    HistoryAsked,
    Outcome,
    Queue,
    QueueAsked,
    Refusal,
    Request,
    Seen,
    Told,
    Wish,
)
from dashboard.services.automatic import Automatic, envelope_of, judged
from dashboard.services.decision_work import DecisionUnits, Work
from dashboard.services.desk import Desk, Opened
from dashboard.services.names import node_names
from dashboard.services.proposal_trail import DEEDS, facts_of
from dashboard.services.request_worth import Forecast, worth_asking
from dashboard.services.stock_requests import requested, usual
from dashboard.services.use_case import UseCase, reads
from data.store.audit import Deed, Subject
from data.store.proposal_search import SoughtMoves, SoughtProposals

MOST_LINES = 500
"""Lines of the queue on one page, the most urgent ones."""
MOST_MOVES = 500
Asked = tuple[Wish, str]
"""A wish and the id of the command that it comes with."""
_BY_SYSTEM = frozenset({Move.AUTO_APPROVE, Move.EXPIRE, Move.SUPERSEDE, Move.REVISE, Move.RECEIVE, Move.SETTLE})


class Approvals(UseCase):
    """Use cases of the decision pages and of the shell; each call demands its right again."""

    def __init__(self, desk: Desk, units: DecisionUnits, forecast: Forecast, clock: Callable[[], datetime]) -> None:
        self._desk, self._units, self._forecast, self._clock = desk, units, forecast, clock

    @reads
    def queue(self, asked: QueueAsked, most: int = MOST_LINES) -> Queue:
        """The ``most`` urgent proposals that match: by loss per day of delay, then by the day to order."""
        actor = self._desk.actor(Action.SEE_PROPOSALS)
        opened, today = self._opened(), self._today()
        with self._units.reading(actor) as unit:
            wanted = proposal_lines.sought(opened, actor, asked, today)
            found, total = unit.proposals.find(wanted, most), unit.proposals.count(wanted)
            waiting = {
                state: unit.proposals.count(SoughtProposals(today, states=(state,)))
                for state in (*sorted(OPEN), State.APPROVED)
            }
        return Queue(
            today=today,
            lines=proposal_lines.lines_of(opened, actor, found, today, self._sample(today)),
            total=total,
            waiting=waiting,
            may_decide=actor.may(Action.DECIDE),
            may_release=actor.may(Action.RELEASE),
            sees_cost=actor.may(Action.SEE_COST),
            limit=self._limit(actor, today),
            reasons=tuple(sorted({reason for one in found for reason in one.reasons})),
        )

    @reads
    def choices(self) -> Choices:
        """What filters and requests may name, of the asker's own nodes."""
        self._desk.actor(Action.SEE_PROPOSALS)
        return proposal_lines.choices_of(self._opened())

    @reads
    def one(self, id: str) -> Card:
        """A proposal with its evidence and its past; raises DomainError ``proposal_unknown``."""
        actor = self._desk.actor(Action.SEE_PROPOSALS)
        today = self._today()
        with self._units.reading(actor) as unit:
            found, past = unit.proposals.get(id), unit.proposals.past(id)
            receipts = unit.receipts.of([id]).get(id, ())
        opened = self._opened()
        [line] = proposal_lines.lines_of(opened, actor, [found], today, self._sample(today))
        sources = {one.source for one in line.proposal.evidence.alternatives if one.source}
        named = node_names(opened, sources)
        may = tuple(move for move in Move if _could(line.state, move, actor))
        return Card(line, past, may, actor.may(Action.SEE_COST), receipts, named)

    @reads
    def foresee(self, seen: Sequence[Seen], wish: Wish) -> Foreseen:
        """What a wish would do to each line now, without doing it: a summary before, and whom it would refuse."""
        actor = self._desk.actor(Action.SEE_PROPOSALS)
        now = self._clock()
        with self._units.reading(actor) as unit:
            ids = [id for id, _ in seen]
            held = {one.id: one for one in unit.proposals.find(SoughtProposals(day_of(now), ids=ids), len(ids))}
            done, _, refused = self._judged(unit, actor, held, seen, (wish, "foreseen"), now)
        after = [part for one in done for part in (one.proposal, one.rest) if part is not None]
        outcomes = [_outcome(state, [one for one in after if one.state is state]) for state in State]
        return Foreseen(tuple(one for one in outcomes if one.lines), refused)

    def decide(self, id: str, version: int, wish: Wish, *, command_id: str) -> Moved:
        """Carry one wish out; raises what :func:`analytics.decisions.workflow.decide` raises, ``proposal_unknown`` and
        ``proposal_raced``.
        """
        done = self.decide_many([(id, version)], wish, command_id=command_id)
        if done.refused:
            raise done.refused[0].error
        return (*done.moved, *done.again)[0]

    def decide_many(self, seen: Sequence[Seen], wish: Wish, *, command_id: str) -> Done:
        """Carry a wish out on each line that allows it, in one transaction; the others are told and stay as they are.

        One event of the trail per line.
        """
        actor = self._desk.actor(Action.SEE_PROPOSALS)
        now = self._clock()
        with self._units.writing(actor) as unit:
            held = unit.proposals.hold([id for id, _ in seen])
            done, again, refused = self._judged(unit, actor, held, seen, (wish, command_id), now)
            self._save(unit, actor, done, now)
            unit.commit()
        return Done(tuple(one.moved for one in done), again, refused)

    def request(self, wanted: Request, *, command_id: str) -> str:
        """Ask for stock for an own node; the id of the proposal, which is the same when the command is repeated.

        Raises DomainError ``request_node_unknown``, ``request_sku_unknown`` or ``proposal_quantity_bad``.
        """
        actor = self._desk.actor(Action.REQUEST_STOCK)
        now = self._clock()
        opened, terms = self._desk.open(Action.REQUEST_STOCK), usual(self._desk.policies(), day_of(now))
        worth = worth_asking(opened, self._forecast(opened), wanted.node, wanted.sku, self._desk.policies())
        asked = requested(opened, actor, wanted, command_id, terms, worth, at=now)
        with self._units.writing(actor) as unit:
            if unit.proposals.hold([asked.id]):
                return asked.id
            unit.proposals.add(asked)
            facts = {"node": asked.node, "sku": asked.sku, "quantity": spelled(asked.quantity), "note": asked.note}
            unit.audit.append(actor, Deed.STOCK_REQUESTED, Subject("proposal", asked.id), facts, at=now)
            unit.commit()
        return asked.id

    def approve_automatically(self, *, command_id: str) -> Automatic:
        """Approve what the policies of the day leave to no person; for the service account of a nightly job."""
        actor = self._desk.actor(Action.TEND_PROPOSALS)
        now, opened = self._clock(), self._opened()
        categories = proposal_lines.categories_of(opened)
        with self._units.writing(actor) as unit:
            done, left = judged(unit, actor, self._desk.policies(), categories, command_id, now)
            self._save(unit, actor, done, now)
            unit.commit()
        return Automatic(tuple(one.moved for one in done), left)

    @reads
    def history(self, asked: HistoryAsked, most: int = MOST_MOVES) -> History:
        """Who did what and when, newest first."""
        actor = self._desk.actor(Action.SEE_PROPOSALS)
        now = self._clock()
        with self._units.reading(actor) as unit:
            moves = unit.proposals.moves(_sought_moves(asked), most + 1)
            ids = {one.proposal for one in moves}
            found = unit.proposals.find(SoughtProposals(day_of(now), ids=ids), len(ids))
        today = day_of(now)
        told = proposal_lines.lines_of(self._opened(), actor, found, today, self._sample(today))
        lines = {one.id: one for one in told}
        return History(tuple(Told(one, lines[one.proposal]) for one in moves[:most]), len(moves) > most)

    @staticmethod
    def _save(unit: Work, actor: Actor, done: Sequence[Decided], at: datetime) -> None:
        for one in done:
            unit.proposals.save(one)
        # Events come last: whoever writes one waits for all others who do.
        for one in done:
            subject = Subject("proposal", one.proposal.id)
            unit.audit.append(actor, DEEDS[one.moved.move], subject, facts_of(one), at=at)

    def _judged(
        self,
        unit: Work,
        actor: Actor,
        held: Mapping[str, Proposal],
        seen: Sequence[Seen],
        asked: Asked,
        at: datetime,
    ) -> tuple[list[Decided], tuple[Moved, ...], tuple[Refusal, ...]]:
        """What the wish makes of each line, in the order of their ids; nothing is saved."""
        done: list[Decided] = []
        again: list[Moved] = []
        refused: list[Refusal] = []
        pasts, limit = unit.proposals.pasts(held), self._limit(actor, day_of(at))
        for id, version in sorted(set(seen)):
            try:
                decided = _decided(unit, held, (id, version), asked, actor, limit, pasts.get(id, ()), at)
            except DomainError as error:
                refused.append(Refusal(id, error))
                continue
            if decided.again:
                again.append(decided.moved)
            else:
                done.append(decided)
        return done, tuple(again), tuple(refused)

    def _limit(self, actor: Actor, day: date) -> Decimal:
        return self._desk.policies().highest("decision.amount_limit", [role.value for role in actor.roles], as_of=day)

    def _sample(self, day: date) -> Decimal:
        """Share of lines inside the envelope that a person looks at all the same."""
        terms = envelope_of(self._desk.policies(), day)
        return terms.sample if terms.on else Decimal(0)

    def _opened(self) -> Opened | None:
        """Names and places, where something was built; proposals stand without."""
        try:
            return self._desk.open(Action.SEE_PROPOSALS)
        except MissingData:
            return None

    def _today(self) -> date:
        return day_of(self._clock())


def _decided(
    unit: Work,
    held: Mapping[str, Proposal],
    seen: Seen,
    asked: Asked,
    actor: Actor,
    limit: Decimal,
    past: tuple[Moved, ...],
    at: datetime,
) -> Decided:
    id = seen[0]
    if id not in held:
        raise DomainError("proposal_unknown", id=id)
    proposal = held[id]
    command = asked[0].command(asked[1], seen)
    reopened = command.move is Move.UNDO and proposal.state is State.REJECTED
    rival = unit.proposals.rival(proposal, day_of(at)) if reopened else None
    return decide(proposal, command, actor, Terms(limit, past, rival), at=at)


def _could(state: State, move: Move, actor: Actor) -> bool:
    outcome = TABLE.get((state, move))
    return outcome is not None and move not in _BY_SYSTEM and actor.may(outcome[1])


def _outcome(state: State, lines: Sequence[Proposal]) -> Outcome:
    amounts = [one.amount for one in lines]
    known = [amount for amount in amounts if amount is not None]
    units = sum((one.quantity for one in lines), Decimal(0))
    return Outcome(state, len(lines), units, sum(known, Decimal(0)), len(lines) - len(known))


def _sought_moves(asked: HistoryAsked) -> SoughtMoves:
    first, last = asked.first, asked.last
    return SoughtMoves(
        proposals=None if asked.proposal is None else [asked.proposal],
        by=asked.by,
        moves=[move.value for move in asked.moves] if asked.moves else None,
        first=None if first is None else datetime.combine(first, time(), HOME_ZONE),
        before=None if last is None else datetime.combine(last + timedelta(days=1), time(), HOME_ZONE),
    )
