"""Put a backup back into an empty home."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from analytics.core.errors import DomainError
from data.backup.backup import HOME, STORE, Place
from data.backup.manifest import Manifest, read_manifest, require_whole
from data.lake.copying import row_counts
from data.lake.lake import Lake
from data.sole_writer import LOCK, PATIENCE, sole_writer
from data.store.copying import put_store, require_empty, require_sound, table_counts
from data.store.engine import Store, open_store

STAGE = ".restoring"


def restore(folder: Path, place: Place, *, patience: timedelta = PATIENCE) -> tuple[Store, Manifest]:
    """Check every file, put everything in its place, count, and bring the schema up to date; the store is put last.

    A restore that was cut off can be begun again: what it left is known by the folder :data:`STAGE`.
    Raises DomainError ``backup_damaged`` (nothing was touched), ``home_in_use``, ``home_busy``, ``store_not_empty``,
    ``restore_incomplete`` and what :func:`read_manifest` and :func:`put_store` raise.
    """
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    with sole_writer(place.home, "restore", patience=patience):
        return _put_back(folder, place, manifest), manifest


def _put_back(folder: Path, place: Place, manifest: Manifest) -> Store:
    stage = place.home / STAGE
    if not stage.exists():
        _require_unused(place)
    _clear(place.home)
    shutil.copytree(folder / HOME, stage, dirs_exist_ok=True) if (folder / HOME).is_dir() else stage.mkdir(parents=True)
    for entry in sorted(stage.iterdir()):
        entry.rename(place.home / entry.name)
    store = put_store(place.store_url, manifest.dialect, folder / STORE)
    require_sound(store)
    with store.reading() as connection:
        _require_same("store", manifest.counts, table_counts(connection))
    _require_same("lake", manifest.rows, row_counts(Lake(place.lake)))
    store.migrate()
    stage.rmdir()
    return store


def _require_unused(place: Place) -> None:
    if any(_content(place.home)):
        raise DomainError("home_in_use", home=str(place.home))
    store = open_store(place.store_url)
    try:
        require_empty(store)
    finally:
        store.close()
        _unlink_empty(place)


def _unlink_empty(place: Place) -> None:
    """Looking into a SQLite store that is not there makes an empty file."""
    for left in ("store.db", "store.db-wal", "store.db-shm"):
        (place.home / left).unlink(missing_ok=True)


def _clear(home: Path) -> None:
    """Remove what an earlier attempt left."""
    for entry in _content(home):
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _content(home: Path) -> list[Path]:
    """Everything in the home but the lock that is held right now."""
    return [entry for entry in home.iterdir() if entry.name != LOCK]


def _require_same(part: str, told: Mapping[str, int], found: Mapping[str, int]) -> None:
    for table in sorted({*told, *found}):
        if told.get(table) != found.get(table):
            raise DomainError(
                "restore_incomplete", part=part, table=table, told=told.get(table, 0), found=found.get(table, 0)
            )
