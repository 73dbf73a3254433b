"""Making a plan: read stock and the forecast as of a day, plan every position, keep what is proposed."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import numpy as np

from analytics.core.access import Action, Actor
from analytics.core.calendar import HOME_ZONE, day_of
from analytics.core.errors import DomainError, MissingData
from analytics.decisions.proposal import WAITED_FOR, Proposal
from analytics.policies.table import PolicyTable
from analytics.replenishment.plan import Terms, planned
from analytics.replenishment.proposals import proposals_of
from dashboard.services.desk import Facts
from dashboard.services.forecasting import SEED
from dashboard.services.plan_evidence import frame_around
from dashboard.services.plan_frames import last_count, plan_frames
from dashboard.services.plan_left_out import LeftOut, left_out, never_sold
from dashboard.services.plan_neighbours import transfers_of
from dashboard.services.plan_positions import Around, Laid, laid_out
from data.sources.report import Progress
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.forecast_runs import ForecastRuns
from data.store.plans import Plan as Kept
from data.store.plans import Plans, Saved
from data.store.proposals import Proposals
from data.store.receipts import Receipts
from data.store.records import Build, ForecastRun

RUNS_LOOKED_AT = 200
LATE = timedelta(days=14)
"""Data that end longer ago tell of another time: they are planned as of their own end."""
EXAMPLES = 200
"""Lines left out that a plan's outcome names one by one."""


class Work(Protocol):
    """The part of a unit of work that planning needs."""

    @property
    def forecast_runs(self) -> ForecastRuns: ...

    @property
    def proposals(self) -> Proposals: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def receipts(self) -> Receipts: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """``proposals`` as they stand in the store; ``left_out``: lines without one, each with its reasons. ``over``: how
    many proposals nobody can decide about any more, for the data they rest on are of long ago.
    """

    batch: str
    as_of: date
    build: str
    run: str
    positions: int
    proposals: tuple[Proposal, ...]
    left_out: tuple[LeftOut, ...]
    over: int
    saved: Saved
    seconds: float


@dataclass(frozen=True, slots=True)
class Planning:
    """Use case of the job that plans; facts and work are in the actor's scope. ``build``: the published one."""

    actor: Actor
    build: Callable[[], Build | None]
    facts: Callable[[Build], Facts]
    forecast: Callable[[Build, ForecastRun], Facts]
    policies: Callable[[], PolicyTable]
    work: Callable[[], AbstractContextManager[Work]]

    def run(self, *, as_of: date | None, now: datetime, progress: Progress | None = None) -> Planned:
        """Plan every node and SKU that was forecast, and keep the proposals in one transaction.

        Nothing is visible before. Raises MissingData without data or without a forecast that was made by that day,
        DomainError for a day that cannot be.
        """
        self.actor.require(Action.PLAN)
        started = time.perf_counter()
        build = self.build()
        if build is None or build.first_day is None or build.last_day is None:
            raise MissingData("no_build", tables="order_line")
        with self.work() as unit:
            runs = unit.forecast_runs.newest(RUNS_LOOKED_AT)
            # What others report by the week may reach further than orders do.
            facts, told = self.facts(build), max([build.last_day, *(run.as_of for run in runs)])
            day = _checked(as_of, build.first_day, told) if as_of else _newest(facts, told, day_of(now))
            run = _run_of(runs, day)
            coming, answered = unit.proposals.supply(day, day_of(now)), unit.receipts.kept()
        _step(progress, "read")
        table = self.policies()
        forecast = self.forecast(build, run)
        waited = min((one.as_of for one in coming if one.state in WAITED_FOR), default=None)
        frames = plan_frames(facts, forecast, day, waited, None if as_of else _today(now, day))
        around = Around(
            forecast=forecast,
            run=run,
            coming=coming,
            answered=answered,
            table=table,
            now=_local(now, frames.first),
            horizon_days=table.whole("replenishment.horizon_days", as_of=day),
        )
        laid = laid_out(frames, around)
        _step(progress, "plan")
        plan = planned(
            laid.positions, laid.demands, _terms(table, day, laid), transfers_of(frames, laid.rows, table, day)
        )
        batch = f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        frame = frame_around(laid, as_of=day, first=frames.first, batch=batch, now=now, build=build.id, run=run.id)
        proposals = tuple(proposals_of(plan, laid.positions, frame))
        _step(progress, "save")
        counted = {one.id: one.version for one in coming}
        saved, kept = self._save(Kept(batch, day, proposals, counted, self.actor, now))
        return Planned(
            batch=batch,
            as_of=day,
            build=build.id,
            run=run.id,
            positions=laid.positions.size,
            proposals=kept,
            left_out=(*left_out(plan, laid), *never_sold(frames, laid)),
            over=sum(one.expires_on < day_of(now) for one in kept),
            saved=saved,
            seconds=round(time.perf_counter() - started, 3),
        )

    def _save(self, plan: Kept) -> tuple[Saved, tuple[Proposal, ...]]:
        with self.work() as unit:
            saved = unit.plans.save(plan)
            kept = {*saved.added, *saved.revised, *saved.same}
            facts = {"as_of": plan.as_of.isoformat(), **saved.facts}
            unit.audit.append(self.actor, Deed.PLAN_SAVED, Subject("plan", plan.batch), facts, at=plan.at)
            standing = unit.plans.standing(kept)
            unit.commit()
        return saved, tuple(
            replace(one, version=as_kept.version, state=as_kept.state, quantity=as_kept.quantity)
            for one in plan.proposals
            if (as_kept := standing.get(one.id))
        )


def facts_of(made: Planned) -> dict[str, Any]:
    """What a job's row and the shell are told of a plan."""
    reasons = Counter(reason for one in made.left_out for reason in one.reasons)
    return {
        "plan": made.batch,
        "as_of": made.as_of.isoformat(),
        "build": made.build,
        "run": made.run,
        "positions": made.positions,
        "proposals": len(made.proposals),
        "over": made.over,
        **made.saved.facts,
        "without": dict(sorted(reasons.items())),
        "without_lines": len(made.left_out),
        "examples": [[one.node, one.sku, *one.reasons] for one in made.left_out[:EXAMPLES]],
        "seconds": made.seconds,
    }


def _checked(as_of: date | None, first: date, last: date) -> date:
    day = as_of or last
    if day > last:
        raise DomainError("plan_as_of_future", as_of=day.isoformat(), last=last.isoformat())
    if day < first:
        raise DomainError("plan_as_of_before", as_of=day.isoformat(), first=first.isoformat())
    return day


def _newest(facts: Facts, told: date, today: date) -> date:
    """The evening that is known best: that of the last sales, or the one before a later count of stock."""
    counted = last_count(facts, today)
    return told if counted is None else max(told, counted - timedelta(days=1))


def _today(now: datetime, day: date) -> date | None:
    """Today, where data come late by days and not by months: nobody orders on a day that is over. Data of long ago are
    planned as they stood.
    """
    today = day_of(now)
    return today if today - day <= LATE else None


def _run_of(runs: Sequence[ForecastRun], day: date) -> ForecastRun:
    """The run that was made with the newest days up to ``day``; of several of one day the last."""
    known = [run for run in runs if run.as_of <= day]
    if not known:
        raise MissingData("plan_no_forecast", as_of=day.isoformat(), tables="forecast")
    return max(known, key=lambda run: (run.as_of, run.published_at))


def _local(now: datetime, first: date) -> datetime | None:
    """The clock on the wall, where the plan is for today; a day in the past has no cut-off that could have passed."""
    local = now.astimezone(HOME_ZONE).replace(tzinfo=None)
    return local if local.date() == first else None


def _terms(table: PolicyTable, day: date, laid: Laid) -> Terms:
    paths = laid.demands[0].load(np.arange(1)).shape[2] if laid.demands else 1
    return Terms(
        seed=SEED,
        paths=paths,
        giver_level=1 - float(table.number_of("stock.out_risk", as_of=day)),
        fairness_cap=float(table.number_of("replenishment.fairness_cap", as_of=day)),
    )


def line_of(one: Proposal) -> Mapping[str, Any]:
    """One proposal as the shell's JSON tells it."""
    evidence = one.evidence
    return {
        "id": one.id,
        "version": one.version,
        "state": one.state.value,
        "kind": one.kind.value,
        "node": one.node,
        "sku": one.sku,
        "source": one.source,
        "quantity": one.quantity,
        "order_by": one.order_by,
        "expected_receipt": one.expected_receipt,
        "expected_loss_per_day": one.loss_per_day,
        "reasons": list(one.reasons),
        "evidence": {
            "steps": {step.name: step.units for step in evidence.steps},
            "bounds": [{"name": bound.name, "before": bound.before, "after": bound.after} for bound in evidence.bounds],
            "alternatives": [
                {"kind": other.kind, "source": other.source, "units": other.units, "receipt": other.receipt,
                 "cost": other.cost, "lost": other.lost}
                for other in evidence.alternatives
            ],
            "fan": dict(evidence.fan),
            "inputs": dict(evidence.inputs),
            "policies": dict(evidence.policies),
            "build": evidence.build,
            "run": evidence.run,
        },
    }  # fmt: skip


def _step(progress: Progress | None, stage: str) -> None:
    if progress:
        progress(stage, 0, 1)
