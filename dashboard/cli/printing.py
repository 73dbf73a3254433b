"""What the shell prints: bars on standard error; tables, or one JSON document, on standard output."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from dashboard.words import Words

if TYPE_CHECKING:
    from dashboard.services.ask import Answer
    from dashboard.services.audit_log import Events, Left
    from data.sources.report import IngestReport
    from data.sources.warned import Warned
    from data.store.records import Build, Load


class Bar:
    """Draws one bar per stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)


@contextmanager
def bars() -> Iterator[Bar]:
    """Bars on standard error; nothing when nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress)


def say(json_output: bool, facts: Mapping[str, Any], text: str | Table | Group) -> None:
    """``facts`` as one JSON document, or ``text`` for people."""
    if json_output:
        print(json.dumps(facts, ensure_ascii=False, default=plain))
    else:
        Console().print(text)


def plain(value: object) -> object:
    """JSON of exact values: a decimal as a number, a date as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def build_facts(built: Build, made: Sequence[str]) -> dict[str, Any]:
    return {
        "build": built.id,
        "made": list(made),
        "first_day": built.first_day,
        "last_day": built.last_day,
        "currency": built.currency,
        "totals": dict(built.totals),
        "seconds": built.seconds,
    }


def answer_facts(answer: Answer) -> dict[str, Any]:
    return {
        "metrics": list(answer.question.metrics),
        "by": list(answer.question.by),
        "from": answer.period.first,
        "to": answer.period.last,
        "build": answer.freshness.build_id,
        "currency": answer.freshness.currency,
        "rows": answer.table.to_pylist(),
    }


def answer_table(answer: Answer) -> Table:
    """The answer, with the dates and the build that it comes from."""
    table = Table(title=f"{answer.period.first} – {answer.period.last}  {answer.freshness.build_id}")
    for name in answer.table.column_names:
        table.add_column(name, justify="left" if name in answer.question.by else "right")
    for row in answer.table.to_pylist():
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def ingest_table(report: IngestReport, told: Words) -> Group:
    """One row per file and what became of its rows; the reasons of rejects below, and what looks wrong."""
    table = Table(title=f"{report.source}  {report.seconds:.1f} s")
    for name in ("file", "read", "loaded", "rejected", "duplicate"):
        table.add_column(told.t(f"cli.column.{name}"), justify="left" if name == "file" else "right")
    reasons: dict[str, int] = {}
    for file in report.files:
        if file.already_loaded:
            table.add_row(file.file, told.t("cli.already_loaded"), "–", "–", "–")
            continue
        loaded = ", ".join(f"{name} {rows:,}" for name, rows in file.tables.items())
        table.add_row(file.file, f"{file.rows_read:,}", loaded, f"{file.rows_rejected:,}", f"{file.rows_duplicate:,}")
        for code, count in file.codes.items():
            reasons[code] = reasons.get(code, 0) + count
    notes = [f"{code}: {count:,}" for code, count in sorted(reasons.items())]
    notes += [told.t("cli.file_ignored", file=file) for file in report.ignored]
    notes += [told.t("cli.file_absent", file=file) for file in report.absent]
    notes += [told.t("cli.see_rejects")] if reasons else []
    table.caption = "\n".join(notes) or None
    return Group(table, *warning_lines(report.warnings, told))


def warning_lines(warnings: Sequence[Warned], told: Words) -> list[str]:
    """What was loaded and looks wrong: a sentence each, below a heading."""
    return [told.t("cli.warnings"), *(warning_sentence(one, told) for one in warnings)] if warnings else []


def warning_sentence(warned: Warned, told: Words) -> str:
    """How many rows, where the first of them is, and what to do."""
    first = warned.examples[0]
    place = {"file": first.file, "line": first.line, "value": first.value, **first.facts}
    return told.t(f"warning.{warned.code}", table=warned.table, column=warned.column, rows=warned.rows, **place)


def loads_table(known: Sequence[Load], told: Words) -> Table:
    """One row per load: what to call it, where it came from, what it brought."""
    table = Table()
    for name in ("load", "at", "source", "file", "loaded"):
        table.add_column(told.t(f"cli.column.{name}"), overflow="fold", no_wrap=name == "load")
    for load in known:
        brought = ", ".join(f"{name} {rows:,}" for name, rows in load.tables.items())
        table.add_row(
            load.id, f"{load.loaded_at:%Y-%m-%d %H:%M}", f"{load.source} ({load.currency})", load.file, brought
        )
    return table


def rejects_table(rows: Sequence[Mapping[str, Any]], told: Words) -> Table:
    """Where each rejected value stands, and the remedy."""
    table = Table(title=told.t("cli.rejects_title", rows=len(rows)))
    for name in ("file", "line", "column", "value", "remedy"):
        table.add_column(told.t(f"cli.column.{name}"), overflow="fold")
    for row in rows:
        place = f"{row['table']}.{row['column']}".rstrip(".")
        table.add_row(row["file"], str(row["line"]), place, row["value"] or "–", _remedy(row, told))
    return table


def events_table(found: Events, told: Words) -> Table:
    """One row per event of the audit trail."""
    table = Table(title=told.t("audit.shown", shown=len(found.newest), total=found.total))
    for name in ("number", "at", "who", "deed", "about"):
        table.add_column(told.t(f"audit.{name}"), overflow="fold", justify="right" if name == "number" else "left")
    for one in found.newest:
        table.add_row(str(one.number), one.at[:19], one.user_name, one.action, f"{one.subject_kind} {one.subject_id}")
    return table


def left_table(found: Left, told: Words) -> Table:
    """One row per file that left."""
    table = Table(title=told.t("audit.shown", shown=len(found.newest), total=found.total))
    for name in ("at", "who", "page", "what", "rows", "format", "question"):
        table.add_column(told.t(f"audit.{name}"), overflow="fold", justify="right" if name == "rows" else "left")
    for one in found.newest:
        at = f"{one.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(at, one.user_name, one.page, one.purpose, f"{one.rows:,}", one.format, one.question)
    return table


def _remedy(row: Mapping[str, Any], told: Words) -> str:
    key = f"reject.{row['code']}"
    return told.t(key, **row["facts"]) if told.has(key) else str(row["code"])


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return str(plain(value) if isinstance(value, Decimal) else value)
