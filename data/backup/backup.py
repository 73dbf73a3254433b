"""Back up a home while it is in use."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from analytics.core.access import Scope
from analytics.core.errors import DomainError
from data.backup.manifest import Manifest, write_manifest
from data.lake.copying import files_to_copy, row_counts
from data.lake.lake import Lake
from data.store.copying import StoreCopy, copy_store
from data.store.engine import Store
from data.store.records import Build
from data.store.repositories import Loads, require_brand

STORE = "store.copy"
HOME = "home"

SCRATCH = ("lake", "marts", "store.db", "store.db-wal", "store.db-shm", "jobs", "uploads", "scratch", "sample-*", ".*")
"""What stands in a home and is copied by its own rules, or not at all; everything else is copied as it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A home: the folder, lake and marts in it, and the store beside or elsewhere."""

    home: Path
    lake: Path
    marts: Path
    store_url: str


@dataclass(slots=True)
class _Copying:
    """Copies below ``folder`` and remembers what it wrote."""

    home: Path
    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    def take(self, paths: Iterable[Path]) -> None:
        """Copy files of the home."""
        for path in paths:
            name = f"{HOME}/{path.relative_to(self.home).as_posix()}"
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            self.note(name)

    def note(self, name: str) -> None:
        """Remember a copy by its digest: what was written is what must come back."""
        with (self.folder / name).open("rb") as copy:
            self.files[name] = hashlib.file_digest(copy, "sha256").hexdigest()
        self.bytes += (self.folder / name).stat().st_size


def back_up(place: Place, store: Store, folder: Path, scope: Scope, *, now: datetime) -> tuple[Path, str]:
    """Copy the home into a new folder below ``folder``; returns it and the digest of its manifest.

    Order makes it consistent: published heads of the audit trail before the trail, the store before the lake, whose
    rows count only once the store names their load. Nobody waits meanwhile. Raises DomainError ``backup_inside_home``,
    or ``backup_disturbed`` when a load was taken back while it was being copied.
    """
    require_brand(scope, "backup")
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(place.home):
        raise DomainError("backup_inside_home", folder=str(folder), home=str(place.home))
    folder.mkdir(parents=True, exist_ok=True)
    making = folder / f".{uuid4().hex}"
    # It holds password hashes and every figure: nobody but its owner may read it.
    making.mkdir(mode=0o700)
    try:
        digest = _fill(_Copying(place.home, making), place, store, scope, now)
        made = folder / f"waterline-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
        making.replace(made)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return made, digest


def _fill(copying: _Copying, place: Place, store: Store, scope: Scope, now: datetime) -> str:
    copying.take(_others(place.home))
    copied = copy_store(store, copying.folder / STORE)
    copying.note(STORE)
    lake = Lake(place.lake)
    for table in lake.tables():
        copying.take(files_to_copy(lake, table))
    copying.take(_marts(place.marts, copied.build))
    _require_undisturbed(store, scope, copied)
    manifest = Manifest(
        made_at=now.astimezone(UTC).isoformat(),
        dialect=copied.dialect,
        revision=copied.revision,
        build=copied.build.id if copied.build else None,
        counts=dict(copied.counts),
        rows=row_counts(Lake(copying.folder / HOME / place.lake.relative_to(place.home))),
        files=copying.files,
        bytes=copying.bytes,
    )
    return write_manifest(copying.folder, manifest)


def _others(home: Path) -> Iterable[Path]:
    """Files of the home that have no rule of their own: heads of the audit trail, mappings, the demo's marker."""
    for entry in sorted(home.iterdir()):
        if not any(entry.match(pattern) for pattern in SCRATCH):
            yield from (path for path in sorted((entry, *entry.rglob("*"))) if path.is_file())


def _marts(folder: Path, build: Build | None) -> Iterable[Path]:
    """Marts that the published build reads; they could be built anew, but a restored home should answer at once."""
    named = sorted(set(build.marts.values())) if build else []
    for path in (folder / name for name in named):
        yield from ([path] if path.is_file() else sorted(inner for inner in path.rglob("*") if inner.is_file()))


def _require_undisturbed(store: Store, scope: Scope, copied: StoreCopy) -> None:
    with store.reading() as connection:
        held = {load.id for load in Loads(connection, scope).all()}
    gone = sorted(load.id for load in copied.loads if load.id not in held)
    if gone:
        raise DomainError("backup_disturbed", load=gone[0])
