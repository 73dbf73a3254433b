"""What data and time do to proposals: receipts of released lines, and the end of those that nobody decided in time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from analytics.core.access import Action, Actor
from analytics.core.calendar import day_of
from analytics.decisions.proposal import WAITED_FOR, Proposal
from analytics.decisions.receipts import Awaited, Came, Delivery, answered, came
from analytics.decisions.workflow import Command, Decided, Move, Terms, decide
from analytics.policies.table import PolicyTable
from dashboard.services.decision_work import Work
from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of
from dashboard.services.proposal_trail import DEEDS, facts_of
from data.store.audit import Subject
from data.store.proposal_search import SoughtProposals
from data.store.proposals import Coming
from data.store.records import Build

MOST = 1_000_000
CHUNK = 1000
"""Proposals whose past is read at a time."""
_NOBODY = Terms(limit=Decimal(0))


@dataclass(frozen=True, slots=True)
class Received:
    """Ids of the lines of which something came, that are closed now, and that expired."""

    received: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, int]:
        """What a job's row is told: how many of each."""
        return {name: len(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Receiving:
    """Use case of jobs; facts and work are in the actor's scope. ``build``: the published one."""

    actor: Actor
    build: Callable[[], Build | None]
    facts: Callable[[Build], Facts]
    policies: Callable[[], PolicyTable]
    work: Callable[[], AbstractContextManager[Work]]

    def run(self, *, now: datetime) -> Received:
        """Write down what came and what is over, in one transaction; done twice, it changes nothing.

        Without data nothing is known to have come, and time alone does its part.
        """
        self.actor.require(Action.TEND_PROPOSALS)
        build, told = self.build(), []
        if build is not None and build.last_day is not None:
            told = self._inbound(build)
        with self.work() as unit:
            done = list(self._expired(unit, now))
            if build is not None and build.last_day is not None:
                wait = self.policies().whole("decision.receipt_wait_days", as_of=build.last_day)
                done += self._came(unit, told, build.last_day, timedelta(days=wait), now)
            for one in done:
                unit.proposals.save(one)
            for one in done:
                subject = Subject("proposal", one.proposal.id)
                unit.audit.append(self.actor, DEEDS[one.moved.move], subject, facts_of(one), at=now)
            unit.commit()
        return Received(*(tuple(one.proposal.id for one in done if one.moved.move is move) for move in _TOLD))

    def _inbound(self, build: Build) -> list[Delivery]:
        """Deliveries that may answer a line: of places and products that something is waited for, or was found for.

        A line that is released meanwhile is looked for by the next run.
        """
        with self.work() as unit:
            sought = SoughtProposals(day_of(build.published_at), states=sorted(WAITED_FOR))
            places = {(one.node, one.sku) for one in unit.proposals.find(sought, MOST)}
            places |= {(node, sku) for node, sku, *_ in unit.receipts.kept()}
        if not places:
            return []
        facts = self.facts(build)
        rows = facts.table("inbound_line")
        nodes, skus = ({pair[at] for pair in places} for at in (0, 1))
        return deliveries_of(
            frame_of(facts.answer(rows.filter(rows.node.isin(nodes) & rows.sku.isin(skus)), many=True))
        )

    def _expired(self, unit: Work, now: datetime) -> Iterable[Decided]:
        for one in _held(unit, unit.proposals.overdue(day_of(now))):
            yield self._decided(one, _command(Move.EXPIRE, one), now)

    def _came(
        self, unit: Work, told: Sequence[Delivery], known_until: date, wait: timedelta, now: datetime
    ) -> list[Decided]:
        sought = SoughtProposals(day_of(now), states=sorted(WAITED_FOR))
        held = _held(unit, [one.id for one in unit.proposals.find(sought, MOST)])
        found = answered([_awaited(one) for one in held], told, unit.receipts.kept())
        done: list[Decided] = []
        for one in held:
            done += self._of(one, came(_awaited(one), found.get(one.id, ()), known_until=known_until, wait=wait), now)
        # Also of lines that are closed: what is told of their deliveries may still change.
        unit.receipts.keep(_changed(unit, found))
        return done

    def _of(self, line: Proposal, what: Came, now: datetime) -> list[Decided]:
        """At most a receipt and the end of it."""
        done = []
        if what.units != (line.received or 0):
            done.append(self._decided(line, _command(Move.RECEIVE, line, what.units, what.last), now))
            line = done[0].proposal
        if what.over:
            done.append(self._decided(line, _command(Move.SETTLE, line), now))
        return done

    def _decided(self, line: Proposal, command: Command, now: datetime) -> Decided:
        return decide(line, command, self.actor, _NOBODY, at=now)


_TOLD = (Move.RECEIVE, Move.SETTLE, Move.EXPIRE)


def deliveries_of(rows: pd.DataFrame) -> list[Delivery]:
    """From rows of the mart ``inbound_line``."""
    told = rows[[*_TEXTS, "origin", "ordered", "received_on", "quantity", "received", "closed"]]
    return [_delivery(one) for one in told.to_dict("records")]


_TEXTS = ("inbound_id", "line_no", "node", "sku")


def _delivery(row: Mapping[Hashable, Any]) -> Delivery:
    document, line, node, sku = (str(row[name]) for name in _TEXTS)
    last = None if pd.isna(row["received_on"]) else row["received_on"]
    return Delivery(
        document=document, line=line, node=node, sku=sku,
        origin=row["origin"] if isinstance(row["origin"], str) else None, ordered=row["ordered"],
        quantity=_units(row["quantity"]), received=_units(row["received"]), received_on=last,
        closed=bool(row["closed"]),
    )  # fmt: skip


def _units(told: float) -> Decimal:
    return round(Decimal(str(told)), 3)


def awaited_of(coming: Iterable[Coming]) -> list[Awaited]:
    """Released lines among what a plan counts as supply."""
    return [_awaited(one) for one in coming if one.state in WAITED_FOR]


def _awaited(one: Proposal | Coming) -> Awaited:
    return Awaited(one.id, one.node, one.sku, one.source, one.quantity, one.as_of, one.expected_receipt)


def _held(unit: Work, ids: Sequence[str]) -> list[Proposal]:
    return [one for at in range(0, len(ids), CHUNK) for one in unit.proposals.hold(ids[at : at + CHUNK]).values()]


def _changed(unit: Work, found: Mapping[str, Sequence[Delivery]]) -> dict[str, Sequence[Delivery]]:
    ids = sorted(found)
    kept: dict[str, tuple[Delivery, ...]] = {}
    for at in range(0, len(ids), CHUNK):
        kept |= unit.receipts.of(ids[at : at + CHUNK])
    return {id: told for id, told in found.items() if _plain(kept.get(id, ())) != _plain(told)}


def _plain(told: Iterable[Delivery]) -> list[tuple[object, ...]]:
    return [(*one.key, one.ordered, one.quantity, one.received, one.received_on, one.closed) for one in told]


def _command(move: Move, line: Proposal, quantity: Decimal | None = None, until: date | None = None) -> Command:
    """One per version of a line: the data that led to it are told once."""
    return Command(f"{move.value}/{line.version}", move, line.version, quantity=quantity, until=until)
