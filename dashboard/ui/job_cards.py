"""Jobs on a page: those that run with their progress, those that ended with their outcome, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.core.errors import DomainError
from dashboard.ui.errors import remedy, table_names
from dashboard.ui.headline import escaped
from dashboard.ui.page import Page
from dashboard.ui.tables import Column
from dashboard.words import Words
from data.store.records import Job, JobState

JOBS = (
    Column("state", "column.job.state", width=90),
    Column("kind", "column.job.kind", width=80),
    Column("asked", "column.job.asked", width=130),
    Column("by", "column.job.by", width=120),
    Column("took", "column.job.took", width=90),
    Column("told", "column.job.told"),
)
FILES = (
    Column("file", "column.load.file", width=220),
    Column("read", "column.load.read", "count", 90),
    Column("loaded", "column.load.loaded", width=220),
    Column("rejected", "column.load.rejected", "count", 90),
    Column("duplicate", "column.load.duplicate", "count", 90),
    Column("reasons", "column.load.reasons"),
)
EVERY_SECONDS = 2.0
SIGNS = {
    JobState.QUEUED: "…",
    JobState.RUNNING: "▶",
    JobState.SUCCEEDED: "✓",
    JobState.FAILED: "✕",
    JobState.CANCELLED: "–",
    JobState.LOST: "!",
}
"""A state's sign, so that nobody needs its colour."""


def summary(page: Page, jobs: Sequence[Job]) -> str:
    """The page's answer: what is going on, or what came of the last load."""
    alive = [job for job in jobs if job.state.alive]
    if alive:
        return page.t("job.summary.busy", count=len(alive))
    last = next((job for job in jobs if job.kind == "ingest"), None)
    if last is None:
        return page.t("job.summary.nothing")
    at = page.moment(last.finished_at or last.asked_at)
    if last.state is not JobState.SUCCEEDED:
        return page.t("job.summary.failed", at=at, state=state(page.words, last))
    rows, rejected = sum(last.outcome["tables"].values()), last.outcome["rows_rejected"]
    return page.t("job.summary.loaded", at=at, rows=f"{rows:,}", rejected=f"{rejected:,}")


def watch(page: Page, jobs: Sequence[Job]) -> None:
    """The running jobs, drawn again by themselves while there are any.

    When the going-on ends, or begins, the whole page is drawn once more: its other parts tell of the outcome.
    """
    busy = any(job.state.alive for job in jobs)

    def draw() -> None:
        if job_list(page) != busy:
            st.rerun()

    page.live("jobs.watch", draw, every=EVERY_SECONDS if busy else None)


def job_list(page: Page) -> bool:
    """Running and waiting jobs with progress and a way to stop them; whether there are any."""
    alive = [job for job in page.now(page.services.jobs.recent) if job.state.alive]
    for job in reversed(alive):
        with page.card(f"job.{job.id}"):
            progress(page, job)
            if job.cancel_asked_at is None:
                page.press("cancel", partial(page.services.jobs.cancel, job.id), of=job.id)
            else:
                page.note(page.t("job.stopping", name=escaped(job.cancel_asked_by or "")))
    return bool(alive)


def progress(page: Page, job: Job) -> None:
    """What a job is at, and a bar where it is known how much there is to do."""
    said = f"{SIGNS[job.state]} **{kind(page.words, job)}** · {state(page.words, job)} · {escaped(job.asked_name)}"
    if not job.stage:
        page.say(said)
        return
    share = min(job.done / job.total, 1.0) if job.total else 0.0
    counted = f"{job.done:,}" if job.total is None else f"{job.done:,} / {job.total:,}"
    st.progress(share, text=f"{said} · {stage(page.words, job)} {counted}")


def kind(words: Words, job: Job) -> str:
    return words.t(f"job.kind.{job.kind}") if words.has(f"job.kind.{job.kind}") else job.kind


def state(words: Words, job: Job) -> str:
    return words.t(f"job.state.{job.state.value}")


def stage(words: Words, job: Job) -> str:
    """The name of a stage; what is made in a build goes by its own."""
    key = f"job.stage.{job.stage}"
    return words.t(key) if words.has(key) else escaped(job.stage)


def why(words: Words, job: Job) -> str:
    """Why a job has no result, as a sentence; nothing for one that has."""
    if "error" not in job.outcome:
        return ""
    return remedy(words, DomainError(str(job.outcome["error"]), **job.outcome.get("facts", {})))


def outcome(page: Page, jobs: Sequence[Job]) -> None:
    """All jobs; the chosen one, at first the newest that ended, with its result, its log and what can be done."""
    ended = [job for job in jobs if not job.state.alive]
    title = page.t("job.all")
    page.section(title)
    if not ended:
        page.note(page.t("job.none"))
        return
    page.table(
        "jobs", title, pd.DataFrame([_row(page, job) for job in ended]), JOBS,
        identified_by="id", choose=partial(page.remember, "job"),
    )  # fmt: skip
    newest = next((job for job in ended if _worth_telling(job)), ended[0])
    chosen = next((job for job in ended if job.id == page.remembered("job")), newest)
    page.section(page.t("job.of", kind=kind(page.words, chosen), at=page.moment(chosen.asked_at)))
    if chosen.outcome.get("error"):
        page.say(f"{SIGNS[chosen.state]} {escaped(why(page.words, chosen))}")
    if "files" in chosen.outcome:
        _files(page, chosen.outcome)
    if page.services.uploads.can_repeat(chosen):
        page.press("again", partial(page.services.uploads.again, chosen.id), of=chosen.id)
    below = page.details(f"log.{chosen.id}", page.t("job.log"))
    if below is not None:
        with below:
            st.code(page.now(page.services.jobs.log, chosen.id) or "–", language=None)


def _worth_telling(job: Job) -> bool:
    """A load tells what became of files, and trouble what to do; a build after them tells nothing more."""
    return job.kind == "ingest" or job.state in (JobState.FAILED, JobState.LOST)


def _row(page: Page, job: Job) -> dict[str, Any]:
    took = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else None
    return {
        "id": job.id,
        "state": f"{SIGNS[job.state]} {state(page.words, job)}",
        "kind": kind(page.words, job),
        "asked": page.moment(job.asked_at),
        "by": page.person(job.asked_name),
        "took": page.t("job.seconds", seconds=f"{took:,.1f}") if took is not None else "–",
        "told": why(page.words, job) or _told(page, job),
    }


def _told(page: Page, job: Job) -> str:
    if "rows_rejected" in job.outcome:
        rows = sum(job.outcome["tables"].values())
        return page.t("job.told.ingest", rows=f"{rows:,}", rejected=f"{job.outcome['rows_rejected']:,}")
    if "build" in job.outcome:
        days, made = job.outcome["days"], len(job.outcome["made"])
        if days["first"] is None:
            return page.t("job.told.build.dateless", made=made)
        return page.t("job.told.build", made=made, first=days["first"], last=days["last"])
    return ""


def _files(page: Page, told: Any) -> None:
    """One row per file: what was read and what became of it."""
    rows = [
        {
            "file": one["file"],
            "read": one["rows_read"],
            "loaded": page.t("job.already_loaded") if one["already_loaded"] else _tables(page, one["tables"]),
            "rejected": one["rows_rejected"],
            "duplicate": one["rows_duplicate"],
            "reasons": _reasons(page, one["codes"]),
        }
        for one in told["files"]
    ]
    page.table("files", page.t("job.files"), pd.DataFrame(rows), FILES)
    for name in ("absent", "ignored"):
        if told[name]:
            page.note(page.t(f"job.{name}", files=escaped(page.fmt.listed(told[name]))))
    warned = [warning(page.words, one) for one in told.get("warnings", ())]
    if warned:
        page.note(page.t("job.warnings"))
        page.say("\n".join(f"- ⚠ {escaped(one)}" for one in warned))
    if told["rows_rejected"]:
        page.link("rejects", f"/data-health?source={told['source']}")


def warning(words: Words, told: Any) -> str:
    """What was loaded and looks wrong, with the first row that does; its code where no sentence knows it."""
    first = dict(told["examples"][0]) if told["examples"] else {}
    place = {**first, **first.pop("facts", {})}
    named = {"table": table_names(words, (told["table"],)), "column": told["column"], "rows": f"{told['rows']:,}"}
    try:
        return words.t(f"warning.{told['code']}", **{**place, **named})
    except KeyError:
        return f"{told['code']}: {named['table']} {named['column']} {named['rows']}"


def _tables(page: Page, tables: Any) -> str:
    named = [f"{table_names(page.words, (name,))} {rows:,}" for name, rows in tables.items()]
    return page.fmt.listed(named) or "–"


def _reasons(page: Page, codes: Any) -> str:
    """Reasons by how often they occurred; their short names stand in the catalogue beside the remedy."""
    named = [f"{reason(page.words, code)} {count:,}" for code, count in sorted(codes.items(), key=lambda c: -c[1])]
    return page.fmt.listed(named)


def reason(words: Words, code: str) -> str:
    key = f"reason.{code}"
    return words.t(key) if words.has(key) else code
