"""What every use case works at: who asks, checked anew on each call, and the rows that they may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from analytics.core.access import ROOT, Action, Actor, Scope
from analytics.core.calendar import Period
from analytics.core.errors import MissingData, NotYet
from analytics.metrics.given import Tables
from analytics.metrics.metric import Metric
from analytics.metrics.query import Question, expression, marts_lacking, parts_of, tables_needed
from analytics.metrics.registry import metric_named
from analytics.metrics.terms import terms_of
from analytics.policies.table import PolicyTable
from dashboard.services.security_log import told
from dashboard.services.views import Freshness
from data.store.records import Build


class Facts(Protocol):
    """The scoped door, as services know it."""

    def table(self, name: str) -> ir.Table: ...

    def answer(self, expression: ir.Table, *, many: bool = False) -> pa.Table: ...

    def has(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """One call's view: the actor as of now, scoped facts, and the build that they come from."""

    actor: Actor
    facts: Facts
    build: Build
    covered: Period
    policies: Callable[[], PolicyTable]

    @property
    def freshness(self) -> Freshness:
        return Freshness(self.build.id, self.build.published_at, self.covered, self.build.currency)

    def missing(self, metric: Metric) -> tuple[str, ...]:
        """Contract tables that ``metric`` needs and that were never loaded."""
        return tuple(sorted(tables_needed(metric) - set(self.build.table_versions)))

    def unbuilt(self, metric: Metric) -> tuple[str, ...]:
        """Marts that ``metric`` reads and that the build lacks, because it was made by an older version."""
        return marts_lacking(metric, self.facts.table, self.facts.has)

    def ask(self, question: Question) -> pa.Table:
        """Answer ``question`` over the scoped rows; raises AccessDenied for a metric the actor may not see."""
        return self._answered(question, expression)

    def ask_parts(self, question: Question) -> pa.Table:
        """The summed parts of each metric, as :func:`parts_of` names them; rights as in :meth:`ask`."""
        return self._answered(question, parts_of)

    def termed(self, question: Question) -> Question:
        """``question`` under the policies in force on its last day, of somebody who sees what the actor sees."""
        last = question.period.last if question.period else self.covered.last
        return replace(question, terms=terms_of(self.policies(), last), whole=ROOT in self.actor.scope.anchors)

    def _answered(self, question: Question, made: Callable[[Question, Tables], ir.Table]) -> pa.Table:
        for name in question.metrics:
            metric = metric_named(name)
            self.actor.require(metric.action)
            if lacking := self.unbuilt(metric):
                raise NotYet("mart_not_built", mart=", ".join(lacking))
        return self.facts.answer(made(self.termed(question), self.facts.table))


@dataclass(frozen=True, slots=True)
class Desk:
    """``who`` resolves the session again on every call, so that a revoked right ends at once, in fragments too."""

    who: Callable[[], Actor]
    latest_build: Callable[[], Build | None]
    facts_of: Callable[[Scope, Build], Facts]
    policies: Callable[[], PolicyTable]
    """What is in force; services ask it for a value as of a day, whoever asks them."""
    refused: Callable[[Actor, str], None] = lambda actor, call: None
    """Told of commands that were refused to somebody who looks at the app as somebody else."""

    def in_person(self, call: str) -> None:
        """Raise AccessDenied ``viewing_only`` when whoever asks looks at the app as somebody else."""
        actor = self.who()
        if actor.viewer is not None:
            self.refused(actor, call)
        actor.require_person()

    def actor(self, action: Action) -> Actor:
        """The actor as of now; raises NotSignedIn or AccessDenied."""
        actor = self.who()
        if not actor.may(action):
            sits = actor.viewer or actor
            told("action.refused", user=sits.user_id, name=sits.name, action=action.value)
        actor.require(action)
        return actor

    def open(self, action: Action) -> Opened:
        """Facts for an actor who may do ``action``; raises MissingData when nothing was built yet."""
        actor = self.actor(action)
        build = self.latest_build()
        if build is None or build.first_day is None or build.last_day is None:
            raise MissingData("no_build", tables="order_line")
        return Opened(
            actor, self.facts_of(actor.scope, build), build, Period(build.first_day, build.last_day), self.policies
        )
