"""The shell's part for jobs: waterline jobs [cancel | log], and what runs one here or in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from analytics.core.errors import DomainError
from dashboard.cli.opening import Json, clock, opened, telling
from dashboard.cli.printing import bars, say

if TYPE_CHECKING:
    from dashboard.services.job_kinds import Arguments
    from dashboard.services.job_rows import Office
    from dashboard.services.jobs import Jobs
    from dashboard.words import Words
    from data.store.records import Job

jobs = typer.Typer(invoke_without_command=True, help="Work in the background: loads, builds.")
job = typer.Typer(no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="A job, as `waterline jobs` names it.")]
YIELDING = 10
"""How much a job in the background steps back for whoever looks at pages (nice)."""


@jobs.callback()
def jobs_list(context: typer.Context, limit: Annotated[int, typer.Option(help="Newest jobs to show.")] = 20,
              json_output: Json = False) -> None:  # fmt: skip
    """Show jobs, newest first: what, for whom, how far, how it ended."""
    if context.invoked_subcommand is None:
        with telling(json_output) as told:
            found = _jobs().recent(limit)
            say(json_output, {"jobs": [asdict(one) for one in found]}, _table(found, told))


@jobs.command("cancel")
def jobs_cancel(id: Id, json_output: Json = False) -> None:
    """Ask a job to stop; it leaves nothing half done behind."""
    with telling(json_output) as told:
        _jobs().cancel(id)
        say(json_output, {"job": id, "cancel_asked": True}, told.t("cli.job_cancel_asked", job=id))


@jobs.command("log")
def jobs_log(id: Id, json_output: Json = False) -> None:
    """Show the end of a job's log."""
    with telling(json_output):
        text = _jobs().log(id)
        if json_output:
            say(json_output, {"job": id, "log": text}, "")
        else:
            print(text, end="")


@job.command("run")
def job_run(id: Id) -> None:
    """Run a waiting job in this process; what starts jobs calls this."""
    from dashboard.services.job_run import run_job

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _interrupted)
    if hasattr(os, "nice"):
        # Whoever looks at a page meanwhile goes first.
        os.nice(YIELDING)
    with telling(True):
        run_job(_office(), id)


def run_here(kind: str, arguments: Arguments, wait: float) -> Any:
    """Run a job in this process, with bars, and return what its work answers; its row is there for all to see.

    ``wait``: seconds to wait for somebody else who writes.
    """
    from dashboard.services.job_rows import find_lost, make_jobs
    from dashboard.services.job_run import run_job
    from dashboard.services.users import shell_actor

    office = _office(timedelta(seconds=wait))
    find_lost(office)
    made = make_jobs(office, shell_actor(), [(kind, arguments)])[0]
    with bars() as bar:
        return run_job(office, made.id, arguments=arguments, watch=bar)


def start_in_background(*kinds: str) -> None:
    """Start jobs without arguments, one after the other, in processes of their own; pages show how far they are."""
    from dashboard.services.job_process import launch
    from dashboard.services.job_rows import make_jobs
    from dashboard.services.users import shell_actor

    office = _office()
    launch(office.settings, make_jobs(office, shell_actor(), [(kind, {}) for kind in kinds])[0])


def _interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _office(patience: timedelta | None = None) -> Office:
    from dashboard.composition import JOBS_PATIENCE, office_for

    settings, store = opened()
    return office_for(settings, store, clock, patience=JOBS_PATIENCE if patience is None else patience)


def _jobs() -> Jobs:
    from dashboard.composition import services_as
    from dashboard.services.users import shell_actor

    settings, store = opened()
    return services_as(settings, store, shell_actor).jobs


def _table(found: tuple[Job, ...], told: Words) -> Table:
    table = Table()
    for name in ("job", "kind", "at", "for", "state", "progress", "outcome"):
        table.add_column(told.t(f"cli.column.{name}"), overflow="fold", no_wrap=name == "job")
    for one in found:
        share = f"{one.done:,}" if one.total is None else f"{one.done:,}/{one.total:,}"
        progress = f"{one.stage} {share}" if one.stage else "–"
        row = (told.t(f"job.kind.{one.kind}"), f"{one.asked_at:%Y-%m-%d %H:%M}", one.asked_name)
        table.add_row(one.id, *row, told.t(f"job.state.{one.state.value}"), progress, why(one, told))
    return table


def why(one: Job, told: Words) -> str:
    """Why a job ended without success, as a sentence; a dash for all others."""
    if "error" not in one.outcome:
        return "–"
    return told.error(DomainError(str(one.outcome["error"]), **one.outcome.get("facts", {})))
