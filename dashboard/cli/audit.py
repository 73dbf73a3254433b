"""The shell's part for auditors: waterline audit verify | head | list, and waterline exports."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli.opening import Json, clock, opened, telling
from dashboard.cli.printing import events_table, left_table, say

if TYPE_CHECKING:
    from dashboard.services.audit import AuditTrail
    from dashboard.services.audit_log import AuditLog
    from dashboard.words import Words
    from data.store.audit import Finding

audit = typer.Typer(no_args_is_help=True, help="The audit trail.")


@audit.command("verify")
def audit_verify(json_output: Json = False) -> None:
    """Check the whole audit trail against its hashes and every published head; exit code 1 when something is wrong."""
    with telling(json_output) as told:
        verdict = _trail().verify()
        lines = [sentence(finding, told) for finding in verdict.findings]
        key = "cli.audit_broken" if lines else "cli.audit_sound"
        lines.append(told.t(key, events=verdict.events, heads=verdict.heads, findings=len(verdict.findings)))
        say(json_output, {"sound": not verdict.findings, **asdict(verdict)}, "\n".join(lines))
        if verdict.findings:
            raise typer.Exit(1)


@audit.command("head")
def audit_head(json_output: Json = False) -> None:
    """Publish number and hash of the newest event to a file outside the database; keep copies of it elsewhere."""
    with telling(json_output) as told:
        file, head = _trail().publish(now=clock())
        text = told.t("cli.audit_head", number=head.number, hash=head.hash, file=file)
        say(json_output, {**asdict(head), "file": str(file)}, text)


Who = Annotated[str | None, typer.Option(help="Name or id of a person.")]
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])]
Limit = Annotated[int, typer.Option(min=1, help="Newest entries to show.")]


@audit.command("list")
def audit_list(
    who: Who = None,
    deed: Annotated[str | None, typer.Option(help="What was done, such as user.created.")] = None,
    subject: Annotated[str | None, typer.Option(help="Id of what it was done to.")] = None,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    json_output: Json = False,
) -> None:
    """Show who did what, newest first."""
    from dashboard.services.audit_log import AuditAsked

    with telling(json_output) as told:
        asked = AuditAsked(user=who, deed=deed, subject=subject, first=_day(first), last=_day(last))
        found = _log().events(asked, limit)
        facts = [{**asdict(event), "facts": json.loads(event.facts)} for event in found.newest]
        say(json_output, {"total": found.total, "events": facts}, events_table(found, told))


def exports(
    who: Who = None,
    page: Annotated[str | None, typer.Option(help="Page that it left from, such as overview.today.")] = None,
    subject: Annotated[str | None, typer.Option(help="What was shown there.")] = None,
    first: First = None,
    last: Last = None,
    limit: Limit = 50,
    json_output: Json = False,
) -> None:
    """Show who took which data along, newest first."""
    from dashboard.services.audit_log import AuditAsked

    with telling(json_output) as told:
        asked = AuditAsked(user=who, page=page, subject=subject, first=_day(first), last=_day(last))
        found = _log().left(asked, limit)
        left = [asdict(one) for one in found.newest]
        say(json_output, {"total": found.total, "exports": left}, left_table(found, told))


def _log() -> AuditLog:
    from dashboard.composition import services_as
    from dashboard.services.users import shell_actor

    settings, store = opened()
    return services_as(settings, store, shell_actor).audit


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _trail() -> AuditTrail:
    from dashboard.composition import audit_for
    from dashboard.services.users import shell_actor

    settings, store = opened()
    return audit_for(settings, store, shell_actor())


def sentence(finding: Finding, told: Words) -> str:
    events = str(finding.first) if finding.first == finding.last else f"{finding.first}–{finding.last}"
    return told.t(f"audit.finding.{finding.code}", events=events, file=finding.file)
