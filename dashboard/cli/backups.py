"""The shell's part for keepers of backups: waterline backup | restore."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.audit import sentence
from dashboard.cli.opening import WAIT, Json, Wait, clock, opened, telling
from dashboard.cli.printing import say
from dashboard.settings import settings_from


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to write the backup: a folder outside the home.")],
    json_output: Json = False,
) -> None:
    """Copy store, lake and everything else of the home, while it is in use; each backup is a folder of its own."""
    from dashboard.composition import work_of
    from dashboard.services.backups import back_up_home
    from dashboard.services.users import shell_actor

    with telling(json_output) as told:
        settings, store = opened()
        actor = shell_actor()
        made, manifest = back_up_home(settings, store, actor, work_of(store, actor), folder, now=clock())
        facts = {"folder": str(made), "build": manifest.build, "files": len(manifest.files), "bytes": manifest.bytes}
        megabytes = manifest.bytes >> 20
        say(json_output, facts, told.t("cli.backed_up", folder=made, files=len(manifest.files), megabytes=megabytes))


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `waterline backup` made.")],
    wait: Wait = WAIT,
    json_output: Json = False,
) -> None:
    """Put a backup into an empty home, check it whole, end all sessions; exit code 1 when the audit trail is broken."""
    from dashboard.composition import audit_for, work_of
    from dashboard.services.backups import restore_home
    from dashboard.services.users import shell_actor

    with telling(json_output) as told:
        settings, actor = settings_from(), shell_actor()
        restored = restore_home(
            settings, actor, lambda store: work_of(store, actor), folder,
            now=clock(), patience=timedelta(seconds=wait),
        )  # fmt: skip
        verdict = audit_for(settings, restored.store, actor).verify()
        lines = [sentence(finding, told) for finding in verdict.findings]
        manifest = restored.manifest
        sums = {"made_at": manifest.made_at, "store_rows": sum(manifest.counts.values()),
                "lake_rows": sum(manifest.rows.values()), "sessions_ended": restored.sessions_ended}  # fmt: skip
        facts = {**sums, "build": manifest.build, "audit_sound": not lines, "audit_events": verdict.events}
        key = "cli.audit_broken" if lines else "cli.audit_sound"
        lines.append(told.t(key, events=verdict.events, heads=verdict.heads, findings=len(verdict.findings)))
        say(json_output, facts, "\n".join([told.t("cli.restored", home=settings.home, **sums), *lines]))
        if verdict.findings:
            raise typer.Exit(1)
