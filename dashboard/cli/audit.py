"""The shell's part for auditors: waterline audit verify | head."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from dashboard.cli.opening import Json, clock, opened, telling
from dashboard.cli.printing import say

if TYPE_CHECKING:
    from dashboard.services.audit import AuditTrail
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


def _trail() -> AuditTrail:
    from dashboard.composition import audit_for
    from dashboard.services.users import shell_actor

    settings, store = opened()
    return audit_for(settings, store, shell_actor())


def sentence(finding: Finding, told: Words) -> str:
    events = str(finding.first) if finding.first == finding.last else f"{finding.first}–{finding.last}"
    return told.t(f"audit.finding.{finding.code}", events=events, file=finding.file)
