"""Backup and restore of a whole home."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from analytics.core.access import Action, Actor
from dashboard.settings import Settings
from data.backup.backup import Place, back_up
from data.backup.manifest import Manifest, read_manifest
from data.backup.restore import restore
from data.sole_writer import PATIENCE
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.engine import Store
from data.store.repositories import Users


class Work(Protocol):
    """The part of a unit of work that backups need."""

    @property
    def users(self) -> Users: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


OpenWork = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Restored:
    """The store that was put back, what the backup held, and how many sessions were ended."""

    store: Store
    manifest: Manifest
    sessions_ended: int


def back_up_home(
    settings: Settings, store: Store, actor: Actor, work: OpenWork, folder: Path, *, now: datetime
) -> tuple[Path, Manifest]:
    """Copy the home into a new folder below ``folder`` while it is in use; who took it stands in the audit trail."""
    actor.require(Action.KEEP_BACKUPS)
    made, digest = back_up(place_of(settings), store, folder, actor.scope, now=now)
    manifest = read_manifest(made)
    with work() as unit:
        facts = {"folder": str(made), "build": manifest.build, "files": len(manifest.files), "bytes": manifest.bytes}
        unit.audit.append(actor, Deed.HOME_BACKED_UP, Subject("backup", digest), facts, at=now)
        unit.commit()
    return made, manifest


def restore_home(
    settings: Settings,
    actor: Actor,
    work_on: Callable[[Store], OpenWork],
    folder: Path,
    *,
    now: datetime,
    patience: timedelta = PATIENCE,
) -> Restored:
    """Put a backup into an empty home and end every session: one that was ended since must not come back to life."""
    actor.require(Action.KEEP_BACKUPS)
    store, manifest = restore(folder, place_of(settings), patience=patience)
    with work_on(store)() as unit:
        ended = unit.users.end_every_session(now=now)
        facts = {"made_at": manifest.made_at, "build": manifest.build, "sessions_ended": ended}
        unit.audit.append(actor, Deed.HOME_RESTORED, Subject("backup", manifest.made_at), facts, at=now)
        unit.commit()
    return Restored(store, manifest, ended)


def place_of(settings: Settings) -> Place:
    """Where this installation keeps what a backup holds."""
    return Place(settings.home, settings.lake, settings.marts, settings.store_url)
