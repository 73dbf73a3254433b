"""What can run as a job: for each kind the right that it demands, what is checked first, and the work itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analytics.core.access import Action
from dashboard.services.backtesting import Backtesting, wanted_of
from dashboard.services.backtesting import facts_of as backtest_facts
from dashboard.services.forecasting import Forecasting, facts_of
from dashboard.services.loading import Loading
from dashboard.services.planning import Planning
from dashboard.services.planning import facts_of as plan_facts
from dashboard.services.receiving import Receiving
from dashboard.services.scoring import Scoring
from data.sources.inputs import shown
from data.sources.report import IngestReport, Progress

Arguments = Mapping[str, Any]
"""Plain values that JSON can hold."""

FILES_TOLD = 200
"""Files of an ingest that a job's row tells of one by one."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Use cases that the work of jobs is made of, bound to the job's actor by :mod:`dashboard.composition`."""

    loading: Loading
    forecasting: Forecasting
    planning: Planning
    receiving: Receiving
    scoring: Scoring
    backtesting: Backtesting


@dataclass(frozen=True, slots=True)
class Task:
    """One run. ``progress`` may raise to end it: whoever calls it leaves nothing half done behind."""

    tools: Tools
    arguments: Arguments
    now: datetime
    progress: Progress


@dataclass(frozen=True, slots=True)
class Result:
    """``answer`` for whoever waits in this process, ``outcome`` (plain values) for the job's row."""

    answer: Any
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``check`` raises what is wrong with the arguments before there is a job; ``told`` is what may be written down of
    them.
    """

    action: Action
    work: Callable[[Task], Result]
    check: Callable[[Tools, Arguments], None] = lambda _tools, _arguments: None
    told: Callable[[Arguments], Arguments] = lambda arguments: arguments


def _check_ingest(tools: Tools, arguments: Arguments) -> None:
    tools.loading.check(Path(arguments["mapping"]))


def _told_of_ingest(arguments: Arguments) -> Arguments:
    """Without the password of a database."""
    path = str(arguments["path"])
    return {**arguments, "path": shown(path.removeprefix("sqlalchemy://")) if "://" in path else path}


def _ingest(task: Task) -> Result:
    extract_at = task.arguments.get("extract_at")
    report = task.tools.loading.ingest(
        task.arguments["path"],
        Path(task.arguments["mapping"]),
        now=task.now,
        extract_at=datetime.fromisoformat(extract_at) if extract_at else None,
        progress=task.progress,
    )
    if task.arguments.get("upload"):
        task.tools.loading.drop_upload(str(task.arguments["upload"]))
    return Result(report, _told_of_report(report))


def _told_of_report(report: IngestReport) -> dict[str, Any]:
    whole = report.as_dict()
    return {**whole, "files": whole["files"][:FILES_TOLD], "files_in_all": len(report.files)}


def _build(task: Task) -> Result:
    built, made = task.tools.loading.build(now=task.now, progress=task.progress)
    days = {
        name: day.isoformat() if day else None for name, day in (("first", built.first_day), ("last", built.last_day))
    }
    totals = {name: str(total) for name, total in built.totals.items()}
    received = task.tools.receiving.run(now=task.now)
    scored = task.tools.scoring.run(now=task.now)
    outcome = {
        "build": built.id,
        "made": list(made),
        "seconds": built.seconds,
        "totals": totals,
        "days": days,
        **received.facts,
        "scored": scored,
    }
    return Result((built, made), outcome)


def _vacuum(task: Task) -> Result:
    swept = task.tools.loading.vacuum(now=task.now)
    task.tools.loading.sweep_logs(now=task.now)
    return Result(swept, asdict(swept))


def _check_as_of(_tools: Tools, arguments: Arguments) -> None:
    as_of = arguments.get("as_of")
    if as_of:
        date.fromisoformat(as_of)


def _forecast(task: Task) -> Result:
    as_of, days = task.arguments.get("as_of"), task.arguments.get("horizon_days")
    run = task.tools.forecasting.run(
        as_of=date.fromisoformat(as_of) if as_of else None, horizon_days=days, now=task.now, progress=task.progress
    )
    return Result(run, facts_of(run))


def _plan(task: Task) -> Result:
    as_of = task.arguments.get("as_of")
    # What came and what is over comes first: a plan must not count on it.
    task.tools.receiving.run(now=task.now)
    made = task.tools.planning.run(
        as_of=date.fromisoformat(as_of) if as_of else None, now=task.now, progress=task.progress
    )
    return Result(made, plan_facts(made))


def _check_backtest(_tools: Tools, arguments: Arguments) -> None:
    wanted_of(arguments)


def _backtest(task: Task) -> Result:
    made = task.tools.backtesting.run(wanted_of(task.arguments), now=task.now, progress=task.progress)
    return Result(made, backtest_facts(made))


KINDS: Mapping[str, Kind] = {
    "ingest": Kind(Action.LOAD_DATA, _ingest, _check_ingest, _told_of_ingest),
    "build": Kind(Action.LOAD_DATA, _build),
    "vacuum": Kind(Action.LOAD_DATA, _vacuum),
    "forecast": Kind(Action.FORECAST, _forecast, _check_as_of),
    "plan": Kind(Action.PLAN, _plan, _check_as_of),
    "backtest": Kind(Action.PLAN, _backtest, _check_backtest),
}
"""A further kind joins here, and what its work needs joins :class:`Tools`."""
